// The page in one file: chooses among the settings that it holds, and hands their columns to the figures.
const held = JSON.parse(document.getElementById("held").textContent)
const at = (id) => document.getElementById(id)
const unpacked = new Map(), boards = [], controls = {}
const dark = matchMedia("(prefers-color-scheme: dark)")
let current = null, newest = 0, showing = ""

async function column(key) {
  if (!unpacked.has(key)) {
    const {packed, dtype, shape} = held.pool[key]
    const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))
    unpacked.set(key, {buffer: await new Response(stream).arrayBuffer(), dtype, shape})
  }
  const {buffer, ...kind} = unpacked.get(key)
  return Bokeh.require("core/util/ndarray").ndarray(buffer, kind)
}

async function value(packed) {
  if (packed?.key) return column(packed.key)
  return Array.isArray(packed) ? Promise.all(packed.map(value)) : packed
}

async function columnsOf(data) {
  const found = {}
  for (const [name, packed] of Object.entries(data)) found[name] = await value(packed)
  return found
}

// Figures -------------------------------------------------------------------------------------------------------

function standUp(drawing) {
  const {Document} = Bokeh.require("document")
  const board = {doc: Document.from_json(drawing.document), root: document.createElement("div"), cards: {}, dark: false}
  board.root.className = "board"
  for (const figure of drawing.figures) {
    const card = document.createElement("article"), head = document.createElement("div")
    const plot = document.createElement("div"), foot = document.createElement("div")
    card.setAttribute("aria-label", figure.title)
    card.className = "card"; head.className = "head"; plot.className = "plot"
    head.innerHTML = `<h3></h3>${figure.legend}`
    head.querySelector("h3").textContent = figure.title
    foot.innerHTML = '<p class="caption"></p>'
    const table = dataTable(() => board.doc, figure.title)
    table.read(figure.columns)
    const actions = menu({label: `Take home: ${figure.title}`, chosen: (key) => take(board, figure, key), items: [
      {key: "table", words: "Show as table"}, {key: "png", words: "PNG picture"}, {key: "svg", words: "SVG picture"},
    ]})
    table.closer.addEventListener("click", () => { table.open = false; actions.button.focus() })
    card.append(actions.root, head, plot, foot, table.root)
    board.root.append(card)
    board.cards[figure.name] = {figure, card, head, plot, foot, table}
  }
  return board
}

async function take(board, {name}, key) {
  if (key == "table") board.cards[name].table.open = true
  else save(await pictureOf(board, name, key), `${held.stem}-${name}.${key}`)
}

function pictureOf(board, name, kind) {
  const {figure, head, foot} = board.cards[name]
  return picture(figureView(figure.id), wordsOf(head, foot, isDark(document.documentElement)), kind)
}

// All figures on one sheet, two a row, as a picture.
async function sheet(kind) {
  const pad = 10, rows = [], night = isDark(document.documentElement)
  const drawn = Object.values(current.cards).map(({figure, head, foot}) =>
    framed(figureView(figure.id), wordsOf(head, foot, night)))
  for (let i = 0; i < drawn.length; i += 2) rows.push(drawn.slice(i, i + 2))
  const ink = night ? "#f2f2f5" : "#1b1b1f", paper = night ? "#141416" : "#f6f6f8", parts = []
  const wide = Math.max(...rows.map((row) => row.reduce((sum, part) => sum + part.wide + pad, pad)))
  const where = [...document.querySelectorAll("#cursors .turner:not([hidden]) .head")].map((head) => [...head.children].map((part) => part.textContent).join(" "))
  const words = [document.title, at("lesson").hidden ? "" : at("setting").selectedOptions[0].textContent, ...where]
  parts.push(`<text x="${pad}" y="30" font-size="17" font-weight="600" fill="${ink}">${safe(words.filter(Boolean).join(" · "))}</text>`)
  let y = 44
  for (const row of rows) {
    let x = pad
    for (const part of row) {
      parts.push(part.text.replace("<svg ", `<svg x="${x}" y="${y}" `))
      x += part.wide + pad
    }
    y += Math.max(...row.map((part) => part.high)) + pad
  }
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${y}" viewBox="0 0 ${wide} ${y}" ` +
    `font-family="${safe(FONT)}"><rect width="100%" height="100%" fill="${paper}"/>${parts.join("")}</svg>`
  const blob = new Blob([text], {type: "image/svg+xml"})
  return kind == "svg" ? blob : raster(blob, wide, y, paper)
}

async function draw(board) {
  if (board.drawn) return
  board.drawn = true
  const places = board.doc.roots().map((model) => Object.values(board.cards).find(({figure}) => figure.id == model.id).plot)
  await Bokeh.embed.add_document_standalone(board.doc, board.root, places)
}

// Settings ------------------------------------------------------------------------------------------------------

async function choose(number) {
  const mine = ++newest, setting = held.settings[number], board = boards[setting.drawing] ??= standUp(held.drawings[setting.drawing])
  const data = []
  for (const [id, columns] of Object.entries(setting.data)) data.push([id, await columnsOf(columns)])
  if (mine != newest) return
  for (const control of Object.values(controls)) { control.stop(); control.hold(true) }
  for (const [id, tags] of Object.entries(setting.tags)) board.doc.get_model_by_id(id).tags = tags
  for (const [id, columns] of data) {
    const source = board.doc.get_model_by_id(id)
    source.selected.indices = []
    source.data = columns
  }
  for (const [id, [low, high]] of Object.entries(setting.colours)) board.doc.get_model_by_id(id).setv({low, high})
  if (current !== board) at("boards").replaceChildren(board.root)
  current = board
  say(setting)
  turn(setting)
  paint()
  await draw(board)
  for (const {figure} of Object.values(board.cards)) figureView(figure.id)?.reset()
  showing = setting.name
}

function say(setting) {
  const {link, version, digest} = setting.receipt
  at("lesson").textContent = setting.lesson
  at("lesson").hidden = !setting.lesson
  at("badges").innerHTML = setting.badges
  at("inputs").innerHTML = setting.inputs
  at("receipt").textContent = `ridgeline-explorer ${version} · digest ${digest} · ${link}`
  for (const [name, {foot}] of Object.entries(current.cards)) {
    foot.querySelector(".caption").textContent = setting.captions[name] ?? ""
  }
}

function turn({cursors}) {
  for (const [name, cursor] of Object.entries(cursors)) {
    if (!(name in controls)) {
      const state = {cursor: name, rate: 12, loop: false, positions: [], series: [], index: 0, label: "", unit: ""}
      controls[name] = Object.assign(turner(state, () => current.doc), {state})
      at("cursors").append(controls[name].root)
    }
  }
  for (const [name, control] of Object.entries(controls)) {
    Object.assign(control.state, {positions: [], series: [], index: 0}, cursors[name])
    control.hold(false)
    control.refresh()
    control.show(control.state.index)
  }
}

// Light and dark ------------------------------------------------------------------------------------------------

function paint() {
  const night = at("dark").getAttribute("aria-pressed") == "true"
  document.documentElement.style.colorScheme = night ? "dark" : "light"
  if (current == null) return
  const [ink, faint] = night ? ["#d6d6dd", "#3a3a42"] : ["#44444c", "#e3e3e8"]
  for (const model of current.doc.all_models) {
    if (model.type == "Figure") {
      model.setv({background_fill_color: null, border_fill_color: null, outline_line_color: faint})
    } else if (model.type.endsWith("Axis")) {
      const lines = {axis_line_color: ink, major_tick_line_color: ink, minor_tick_line_color: faint}
      model.setv({axis_label_text_color: ink, major_label_text_color: ink, ...lines})
    } else if (model.type == "Grid") {
      if (model.grid_line_color != null) model.setv({grid_line_color: faint})
    } else if (model.type == "ColorBar") {
      model.setv({background_fill_color: null, major_label_text_color: ink, title_text_color: ink})
    }
  }
  if (current.dark != night) recolour({document: current.doc}, night, held.twins, held.colours)
  current.dark = night
}

function start() {
  const setting = at("setting")
  held.settings.forEach(({name}, number) => setting.add(new Option(name, number)))
  setting.closest("label").hidden = held.settings.length < 2
  setting.addEventListener("change", () => attempt(() => choose(Number(setting.value))))
  at("dark").setAttribute("aria-pressed", String(dark.matches))
  at("dark").addEventListener("click", () => {
    at("dark").setAttribute("aria-pressed", String(at("dark").getAttribute("aria-pressed") != "true"))
    paint()
  })
  window.addEventListener("explorer:cursor", ({detail}) => {
    if (detail.document === current?.doc) controls[detail.name]?.place(detail.value)
  })
  for (const formula of document.querySelectorAll(".tex")) {
    const displayMode = formula.classList.contains("display")
    window.katex?.render(formula.textContent, formula, {displayMode, output: "mathml", throwOnError: false})
  }
  const first = held.settings.findIndex(({present}) => present)
  setting.value = Math.max(0, first)
  return attempt(() => choose(Number(setting.value)))
}

async function attempt(work) {
  try {
    at("trouble").hidden = true
    await work()
  } catch (error) {
    at("trouble").hidden = false
    at("trouble").textContent = typeof DecompressionStream == "undefined"
      ? "This browser is too old for this page; one from 2023 or later shows it."
      : `The figures could not be drawn: ${error.message}.`
    console.error(error)
  }
}

// For programs that take pictures of this page.
const ready = start()
window.ridgeline = {
  ready, sheet,
  settings: held.settings.map(({name}) => name),
  document: () => current.doc,
  shown: () => showing,
  picture: (name, kind) => pictureOf(current, name, kind),
  place(name, x, y) {  // where a point of a figure's data lies on the screen
    const view = figureView(current.cards[name].figure.id), box = view.canvas_view.el.getBoundingClientRect()
    return [box.x + view.frame.x_scale.compute(x), box.y + view.frame.y_scale.compute(y)]
  },
  show: (cursor, step) => controls[cursor].show(step),
  bare: () => document.documentElement.classList.add("bare"),
  async drawn() {
    await ready
    await Promise.all(Object.values(current.cards).map(({figure}) => figureView(figure.id).ready))
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame)
  },
}
