// Turns the pages of every series along one cursor: play, pause, step, speed, loop and scrub. Pages are cut out of
// the book that the browser already holds. The served page and the page in one file share this control.

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

// The control of one cursor. `state` holds cursor, label, unit, positions, series, index, rate and loop as they are
// now; its index is set where the hand lets go. `where` gives the document that holds books and pages.
function turner(state, where) {
  const {ndarray} = Bokeh.require("core/util/ndarray")
  const root = document.createElement("div")
  root.className = "turner"
  const head = document.createElement("div"), row = document.createElement("div")
  head.className = "head"; row.className = "row"
  const label = document.createElement("label"), output = document.createElement("output")
  const slider = document.createElement("input")
  slider.type = "range"; slider.id = `cursor-${state.cursor}`; slider.min = 0; slider.step = 1
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
  loop.type = "checkbox"; loop.checked = state.loop
  loopLabel.className = "loop"; loopLabel.append(loop, "loop")
  row.append(speed, loopLabel)
  root.append(head, row)

  let at = state.index, timer = null, last = 0, turning = false, held = false, listening = new Set()

  function open(name) {
    const page = held ? null : where().get_model_by_name(`page:${name}`)
    if (page == null) return
    const book = page.tags[0]
    if (!listening.has(book)) {
      listening.add(book)
      book.properties.data.change.connect(() => open(name))
      page.properties.data.change.connect(() => { if (!turning) open(name) })  // the server's page is not ours
    }
    const [cursor, points, height, width] = book.tags
    if (cursor != state.cursor) return
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
    const end = state.positions.length - 1
    at = Math.max(0, Math.min(end, step))
    slider.value = at
    const unit = state.unit ? ` ${state.unit}` : ""
    output.textContent = end >= 0 ? `${short(state.positions[at])}${unit}` : ""
    slider.setAttribute("aria-valuetext", output.textContent)
    for (const name of state.series) open(name)
  }

  function commit() { if (state.index != at) state.index = at }
  function move(step, done) { show(step); if (done) commit() }

  function play() {
    if (at >= state.positions.length - 1) show(0)
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
    const wait = 1000 / (state.rate * Number(speed.value))
    if (now - last >= wait) {
      last = now
      const end = state.positions.length - 1
      if (at >= end && !loop.checked) return stop()
      show(at >= end ? 0 : at + 1)
    }
    timer = requestAnimationFrame(tick)
  }

  function refresh() {
    label.textContent = state.label
    slider.max = Math.max(0, state.positions.length - 1)
    root.hidden = state.positions.length == 0
    show(Math.min(at, slider.max))
  }
  slider.addEventListener("input", () => show(Number(slider.value)))
  slider.addEventListener("change", commit)
  refresh()
  return {
    root, refresh, show, stop,
    at: () => at, playing: () => timer != null,
    hold: (on) => { held = on },  // while other books are put in the place of these
    place: (value) => move(nearest(state.positions, value), true),
    forget: () => cancelAnimationFrame(timer),
  }
}
