// The menu of what can be taken home, and the hand that gives out the files.
export function render({model}) {
  const held = menu({label: model.label, words: model.words, items: model.items, chosen: (key) => model.send_msg({key})})
  const doing = document.createElement("span")
  doing.className = "doing"
  doing.setAttribute("role", "status")
  held.root.append(doing)

  function tell() {
    doing.textContent = model.busy
    held.button.setAttribute("aria-busy", String(Boolean(model.busy)))
  }

  async function deliver({name, bytes, token}) {
    if (bytes != null) return save(new Blob([bytes]), name)
    const answer = await fetch(`${location.pathname.replace(/\/+$/, "")}/take/${token}`).catch(() => null)
    const file = answer?.ok ? await answer.blob().catch(() => null) : null
    if (file != null) return save(file, name)
    model.send_msg({token})  // no such address here: the page itself carries the file
  }

  model.on("busy", tell)
  model.on("msg:custom", (event) => deliver(event.data ?? event))
  tell()
  return held.root
}
