// Of a double click the second is not sent: its answer would hide that of the first. Who waits long may send again.
{
  let sent = new WeakMap()
  addEventListener('pageshow', () => { sent = new WeakMap() })
  addEventListener('submit', event => {
    const { target: form, timeStamp: now } = event
    if (form.method !== 'post' || event.defaultPrevented) return
    if (now - sent.get(form) < 5000) event.preventDefault()
    else sent.set(form, now)
  })
}
