// Asks the browser for a passkey when a form with data-passkey is sent, and sends its answer with the form.
// "create" and "get" take the server's question from the page, "sign-in" fetches it from the form's address.
(() => {
  'use strict'
  const questionOf = async form => {
    if (form.dataset.passkey !== 'sign-in') return JSON.parse(document.getElementById('js_data').textContent)
    const answer = await fetch(form.action, { headers: { Accept: 'application/json' } })
    return await answer.json()
  }

  const create = (options, alone) => {
    options.publicKey.authenticatorSelection.residentKey = alone ? 'required' : 'discouraged'
    options.publicKey.authenticatorSelection.requireResidentKey = alone
    if (alone) options.publicKey.authenticatorSelection.userVerification = 'required'
    return window.webauthnJSON.create(options)
  }

  const ask = async form => {
    const question = await questionOf(form)
    if (form.dataset.passkey === 'create') return await create(question.creation_options, form.elements.passwordless.checked)
    return await window.webauthnJSON.get(question.request_options)
  }

  // What a device says that makes no second passkey for somebody, once they have touched it.
  const tellWhy = error => {
    const known = error.name === 'InvalidStateError' && document.querySelector('[data-passkey-known]')
    const told = known || document.querySelector('[data-passkey-failed]')
    told.hidden = false
  }

  const send = async form => {
    for (const told of document.querySelectorAll('[data-passkey-failed], [data-passkey-known]')) told.hidden = true
    try {
      form.elements.credential.value = JSON.stringify(await ask(form))
    } catch (error) {
      tellWhy(error)
      return
    }
    form.submit()
  }

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false
    form.addEventListener('submit', event => {
      event.preventDefault()
      send(form)
    })
  }
})()
