// A button that opens a list of actions. Each item is {key, words, hint}; `chosen` is called with the key. The list
// is a popover: it lies over everything, a tap beside it or Escape closes it, and the focus goes back to the button.
function menu({label, words, items, chosen}) {
  const root = document.createElement("div"), button = document.createElement("button")
  const list = document.createElement("div")
  root.className = words ? "menu worded" : "menu"
  button.type = "button"
  button.setAttribute("aria-haspopup", "menu")
  button.setAttribute("aria-expanded", "false")
  button.setAttribute("aria-label", label)
  button.title = label
  const dots = '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="5" r="2"/><circle cx="12" cy="12" r="2"/><circle cx="12" cy="19" r="2"/></svg>'
  const down = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 20h14v-2H5zM19 9h-4V3H9v6H5l7 7z"/></svg>'
  button.innerHTML = words ? `${down}<span></span>` : dots
  if (words) button.querySelector("span").textContent = words
  list.setAttribute("role", "menu")
  list.setAttribute("aria-label", label)
  list.popover = "auto"
  const entries = []

  function fill(items) {
    entries.length = 0
    list.replaceChildren()
    for (const {key, words, hint} of items) {
      const entry = document.createElement("button")
      entry.type = "button"; entry.tabIndex = -1
      entry.setAttribute("role", "menuitem")
      entry.textContent = words
      if (hint) {
        const small = document.createElement("small")
        small.textContent = hint
        entry.append(small)
      }
      entry.addEventListener("click", () => { list.hidePopover(); button.focus(); chosen(key) })
      entries.push(entry)
      list.append(entry)
    }
  }

  function place() {
    const box = button.getBoundingClientRect(), {offsetWidth: wide, offsetHeight: high} = list
    list.style.left = `${Math.max(8, Math.min(box.right - wide, innerWidth - wide - 8))}px`
    list.style.top = `${Math.max(8, box.bottom + high + 8 > innerHeight ? box.top - high - 4 : box.bottom + 4)}px`
  }
  const away = () => list.hidePopover()

  list.addEventListener("toggle", (event) => {
    const open = event.newState == "open"
    button.setAttribute("aria-expanded", String(open))
    if (open) { place(); entries[0]?.focus({preventScroll: true}); window.addEventListener("resize", away) }
    else window.removeEventListener("resize", away)
  })
  list.addEventListener("keydown", (event) => {
    const at = entries.indexOf(root.getRootNode().activeElement), last = entries.length - 1
    const to = {ArrowDown: at == last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last}[event.key]
    if (to != null) { event.preventDefault(); entries[to].focus() }
    if (event.key == "Tab") list.hidePopover()
    if (event.key == "Escape") button.focus()
  })
  button.addEventListener("click", () => list.togglePopover())
  fill(items)
  root.append(button, list)
  return {root, button, fill}
}

// Hand a file to the reader.
function save(blob, name) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60000)
}
