// The numbers of a figure as a table that can be read aloud. It reads what the browser holds, at the open page, and
// follows every change while it is open; closed, it does nothing.
const ROWS = 50

function cell(value) {
  if (value == null || Number.isNaN(value)) return "–"
  if (typeof value != "number") return String(value)
  const size = Math.abs(value)
  return value == 0 || Number.isInteger(value) && size < 1e9 ? String(value)
    : size >= 1e5 || size < 1e-3 ? value.toExponential(3) : String(Number(value.toPrecision(5)))
}

// {rows, at(row, column)} of a source; the pixels of a picture stand one below the other.
function reading(source, columns) {
  const image = source.data.image?.[0]
  if (image == null) {
    const rows = Math.max(0, ...columns.map(({name}) => source.data[name]?.length ?? 0))
    return {rows, at: (row, {name}) => source.data[name]?.[row]}
  }
  const [high, wide] = image.shape, {x: [x], y: [y], dw: [dw], dh: [dh]} = source.data
  const place = {x: (row) => x + dw * (row % wide + 0.5) / wide, y: (row) => y + dh * (Math.floor(row / wide) + 0.5) / high}
  return {rows: high * wide, at: (row, {name}) => place[name]?.(row) ?? image[row]}
}

function tableOf(name, source, columns) {
  const shown = columns.filter((column) => source.data.image != null || column.name in source.data)
  const {rows, at} = reading(source, shown), table = document.createElement("table")
  const few = rows > ROWS ? `the first ${ROWS} of ${rows} rows` : rows == 1 ? "one row" : `${rows} rows`
  table.createCaption().textContent = `${name}: ${few}`
  const head = table.createTHead().insertRow()
  for (const {name, words, unit} of shown) {
    const th = document.createElement("th")
    th.scope = "col"
    th.textContent = [words || name, unit].filter(Boolean).join(", ")
    th.title = name
    head.append(th)
  }
  const body = table.createTBody()
  for (let row = 0; row < Math.min(rows, ROWS); row++) {
    const line = body.insertRow()
    for (const column of shown) line.insertCell().textContent = cell(at(row, column))
  }
  return table
}

// `parts` is a list of {source, name, columns}; `where` gives the document that holds the sources.
function dataTable(where, title) {
  const root = document.createElement("section"), close = document.createElement("button")
  const body = document.createElement("div")
  root.className = "datatable"; root.hidden = true
  root.setAttribute("aria-label", `${title}: the numbers drawn`)
  close.type = "button"; close.textContent = "Close the table"
  body.className = "scroll"; body.tabIndex = 0
  body.setAttribute("role", "group"); body.setAttribute("aria-label", "numbers; scrolls")
  root.append(close, body)
  let parts = [], followed = [], waiting = null

  function draw() {
    waiting = null
    const tables = parts.map(({name, source, columns}) => {
      const held = where().get_model_by_name(source)
      return held == null ? null : tableOf(name, held, columns)
    })
    body.replaceChildren(...tables.filter((table) => table?.tBodies[0].rows.length))
  }
  const changed = () => { waiting ??= setTimeout(draw, 100) }  // ten times a second is as fast as one can read

  function follow(on) {
    for (const signal of followed) signal.disconnect(changed)
    followed = []
    for (const {source} of on ? parts : []) {
      const held = where().get_model_by_name(source)
      if (held != null) { held.properties.data.change.connect(changed); followed.push(held.properties.data.change) }
    }
    clearTimeout(waiting)
    waiting = null
    if (on) draw()
    else body.replaceChildren()
  }

  const view = {
    root,
    get open() { return !root.hidden },
    set open(on) { root.hidden = !on; follow(on); if (on) { root.scrollIntoView({block: "nearest"}); body.focus({preventScroll: true}) } },
    read(others) { parts = others; if (view.open) follow(true) },
  }
  return Object.assign(view, {closer: close})
}
