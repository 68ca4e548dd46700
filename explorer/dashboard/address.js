// The page's address and its history. Each setting is an entry of the browser's own history, so undo is back and
// redo is forward; the server hears which address was gone back to.

const PATHS = {
  undo: "M12.5 8c-2.65 0-5.05 1-6.9 2.6L2 7v9h9l-3.62-3.62A8 8 0 0 1 12.5 10.5a8.02 8.02 0 0 1 7.6 5.5l2.37-.78A10.5 10.5 0 0 0 12.5 8z",
  redo: "M18.4 10.6A10.45 10.45 0 0 0 11.5 8 10.5 10.5 0 0 0 1.54 15.22L3.9 16a8 8 0 0 1 12.72-3.62L13 16h9V7z",
  reset: "M12 5V1L7 6l5 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z",
}

function typing(event) {
  const at = event.composedPath()[0]
  return at.isContentEditable || at.tagName == "TEXTAREA" || (at.tagName == "INPUT" && /text|search|number|email/.test(at.type))
}

export function render({model}) {
  const bar = document.createElement("div")
  bar.className = "history"
  let at = history.state?.ridgeline ?? 0, last = at, visits = 0

  function button(name, label, action) {
    const made = document.createElement("button")
    made.type = "button"
    made.title = label
    made.setAttribute("aria-label", label)
    made.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`
    made.addEventListener("click", action)
    bar.append(made)
    return made
  }
  const undo = () => { if (at > 0) history.back() }
  const redo = () => { if (at < last) history.forward() }
  const back = button("undo", "Undo (Ctrl+Z)", undo)
  const forth = button("redo", "Redo (Ctrl+Shift+Z)", redo)
  button("reset", "Back to the opening setting", () => model.send_msg({reset: true}))

  function tell() {
    back.disabled = at <= 0
    forth.disabled = at >= last
  }
  function write() {
    const {query, fresh, visits: heard} = model.entry
    // What was written before the server heard of the last step back or forward belongs to another entry.
    if (query == null || heard != visits || query == location.search) return
    if (fresh) {
      at = last = at + 1
      history.pushState({ridgeline: at}, "", query)
    } else {
      history.replaceState({ridgeline: at}, "", query)
    }
    tell()
  }
  const visited = () => {
    at = history.state?.ridgeline ?? 0
    last = Math.max(at, last)
    tell()
    model.send_msg({visited: location.search, visits: ++visits})
  }
  const pressed = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || typing(event)) return
    const key = event.key.toLowerCase()
    if (key != "z" && key != "y") return
    event.preventDefault()
    if (key == "y" || event.shiftKey) redo(); else undo()
  }
  addEventListener("popstate", visited)
  document.addEventListener("keydown", pressed)
  model.on("entry", write)
  model.on("remove", () => {
    removeEventListener("popstate", visited)
    document.removeEventListener("keydown", pressed)
  })
  tell()
  write()
  return bar
}
