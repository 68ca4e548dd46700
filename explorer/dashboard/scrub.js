// Turns the pages of every series along one cursor. Nothing here sends a message while the hand moves or the
// picture plays: pages are cut out of the book that the browser already holds, and only the place where the
// hand lets go is told to the server.

const ICONS = {play: "M8 5v14l11-7z", pause: "M6 5h4v14H6zm8 0h4v14h-4z", back: "M16 5v14L6 12z", next: "M8 5v14l10-7z"}

function icon(button, name, label) {
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`
  button.setAttribute("aria-label", label)
  button.title = label
}

function button(parent, name, label, action) {
  const made = document.createElement("button")
  made.type = "button"
  icon(made, name, label)
  made.addEventListener("click", action)
  parent.append(made)
  return made
}

function nearest(positions, value) {
  const ratio = value > 0 && positions.every((p) => p > 0)
  let best = 0, least = Infinity
  positions.forEach((p, i) => {
    const gap = Math.abs(ratio ? Math.log(p / value) : p - value)
    if (gap < least) { least = gap; best = i }
  })
  return best
}

function short(value) {
  if (value === 0) return "0"
  const size = Math.abs(value)
  return size >= 1e4 || size < 1e-2 ? value.toExponential(2) : String(Number(value.toPrecision(3)))
}

// A view on part of a column. Bokeh's own array type must be left behind: its subarray gives the whole column.
function cut(held, from, points) {
  if (!ArrayBuffer.isView(held)) return held.slice(from, from + points)
  const Plain = Object.getPrototypeOf(held.constructor)
  return new Plain(held.buffer, held.byteOffset + from * held.BYTES_PER_ELEMENT, points)
}

export function render({model, view}) {
  const {ndarray} = Bokeh.require("core/util/ndarray")
  const bokeh = model.data, doc = bokeh.document ?? view.model.document
  const root = document.createElement("div")
  root.className = "turner"
  const head = document.createElement("div"), row = document.createElement("div")
  head.className = "head"; row.className = "row"
  const label = document.createElement("label"), output = document.createElement("output")
  const slider = document.createElement("input")
  slider.type = "range"; slider.id = `cursor-${model.cursor}`; slider.min = 0; slider.step = 1
  label.htmlFor = slider.id
  head.append(label, output)
  const back = button(row, "back", "one step back", () => move(at - 1, true))
  const toggle = button(row, "play", "play", () => (timer ? stop() : play()))
  const next = button(row, "next", "one step on", () => move(at + 1, true))
  row.append(slider)
  const speed = document.createElement("select")
  speed.setAttribute("aria-label", "speed")
  for (const rate of [0.25, 0.5, 1, 2, 4]) speed.add(new Option(`${rate}×`, rate, rate == 1, rate == 1))
  const loopLabel = document.createElement("label"), loop = document.createElement("input")
  loop.type = "checkbox"; loop.checked = model.loop
  loopLabel.className = "loop"; loopLabel.append(loop, "loop")
  row.append(speed, loopLabel)
  root.append(head, row)

  let at = model.index, timer = null, last = 0, turning = false, listening = new Set()

  function open(name) {
    const page = doc.get_model_by_name(`page:${name}`)
    if (page == null) return
    const book = page.tags[0]
    if (!listening.has(book)) {
      listening.add(book)
      book.properties.data.change.connect(() => open(name))
      page.properties.data.change.connect(() => { if (!turning) open(name) })  // the server's page is not ours
    }
    const [cursor, points, height, width] = book.tags
    if (cursor != model.cursor) return
    // The book may be shorter already than the positions that this control still holds.
    const pages = Math.max(...Object.values(book.data).map((column) => column.length)) / points
    const from = Math.max(0, Math.min(at, pages - 1)) * points
    if (height != null) {  // pictures, one after the other
      const image = ndarray(cut(book.data.image, from, points), {shape: [height, width]})
      return put(page, {...page.data, image: [image]})
    }
    const data = {}
    for (const [column, values] of Object.entries(page.data)) {
      if (column in book.data) continue
      if (values.length != points) return  // the book that goes with this page is on its way
      data[column] = values
    }
    for (const column of Object.keys(book.data)) {
      data[column] = cut(book.data[column], from, points)
    }
    put(page, data)
  }

  function put(page, data) {
    turning = true
    try { page.setv({data}, {sync: false}) } finally { turning = false }
  }

  function show(step) {
    const end = model.positions.length - 1
    at = Math.max(0, Math.min(end, step))
    slider.value = at
    const unit = model.unit ? ` ${model.unit}` : ""
    output.textContent = end >= 0 ? `${short(model.positions[at])}${unit}` : ""
    slider.setAttribute("aria-valuetext", output.textContent)
    for (const name of model.series) open(name)
  }

  function commit() { if (model.index != at) model.index = at }
  function move(step, done) { show(step); if (done) commit() }

  function play() {
    if (at >= model.positions.length - 1) show(0)
    icon(toggle, "pause", "pause")
    last = performance.now()
    timer = requestAnimationFrame(tick)
  }
  function stop() {
    cancelAnimationFrame(timer)
    timer = null
    icon(toggle, "play", "play")
    commit()
  }
  function tick(now) {
    const wait = 1000 / (model.rate * Number(speed.value))
    if (now - last >= wait) {
      last = now
      const end = model.positions.length - 1
      if (at >= end && !loop.checked) return stop()
      show(at >= end ? 0 : at + 1)
    }
    timer = requestAnimationFrame(tick)
  }

  function refresh() {
    label.textContent = model.label
    slider.max = Math.max(0, model.positions.length - 1)
    root.hidden = model.positions.length == 0
    show(Math.min(at, slider.max))
  }
  const tapped = (event) => {
    const {document: where, name, value} = event.detail
    if (where === doc && name == model.cursor) move(nearest(model.positions, value), true)
  }

  slider.addEventListener("input", () => show(Number(slider.value)))
  slider.addEventListener("change", commit)
  window.addEventListener("explorer:cursor", tapped)
  model.on("index", () => { if (timer == null && model.index != at) show(model.index) })
  model.on("positions", refresh)
  model.on("series", refresh)
  model.on("remove", () => { cancelAnimationFrame(timer); window.removeEventListener("explorer:cursor", tapped) })
  refresh()
  return root
}
