// An open menu closes with Escape, and when somebody goes on elsewhere: it would lie on what they have come to.
for (const menu of document.querySelectorAll('details.popup')) {
  const close = () => { menu.open = false }
  menu.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !menu.open) return
    close()
    menu.querySelector('summary').focus()
  })
  menu.addEventListener('focusout', event => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) close()
  })
  addEventListener('pointerdown', event => { if (!menu.contains(event.target)) close() })
}
