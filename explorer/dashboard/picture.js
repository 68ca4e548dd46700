// A figure as a picture of its own: title, legend, what is drawn now, and the sentence below it.

function figureView(id) {
  const seen = new Set(), wanted = (view) => {
    if (seen.has(view)) return null
    seen.add(view)
    if (view.model.id == id && view.export) return view
    for (const child of [...(view.child_views ?? []), ...(view._child_views?.values?.() ?? [])]) {
      const found = wanted(child)
      if (found) return found
    }
    return null
  }
  for (const view of Bokeh.index.roots) {
    const found = wanted(view)
    if (found) return found
  }
  return null
}

const MARKS = {
  line: (x, y, c) => `<path d="M${x} ${y}h16" stroke="${c}" stroke-width="2.5"/>`,
  dash: (x, y, c) => `<path d="M${x} ${y}h16" stroke="${c}" stroke-width="2.5" stroke-dasharray="5 3"/>`,
  dot: (x, y, c) => `<circle cx="${x + 8}" cy="${y}" r="4" fill="${c}"/>`,
  ring: (x, y, c) => `<circle cx="${x + 8}" cy="${y}" r="4" fill="none" stroke="${c}" stroke-width="2"/>`,
  diamond: (x, y, c) => `<path d="M${x + 8} ${y - 5}l5 5-5 5-5-5z" fill="${c}"/>`,
  area: (x, y, c) => `<rect x="${x + 2}" y="${y - 5}" width="12" height="10" fill="${c}" opacity=".5"/>`,
}
const FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif"

function safe(text) {
  return text.replace(/[&<>"]/g, (letter) => ({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})[letter])
}

// Words broken into lines of a width, as the page would set them.
function broken(text, font, width) {
  const pen = document.createElement("canvas").getContext("2d"), lines = [""]
  pen.font = font
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = `${lines.at(-1)} ${word}`.trim()
    if (lines.at(-1) && pen.measureText(longer).width > width) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines.filter(Boolean)
}

function chipRows(chips, width) {
  const pen = document.createElement("canvas").getContext("2d"), rows = []
  pen.font = `12px ${FONT}`
  let x = Infinity
  for (const chip of chips) {
    const wide = 21 + pen.measureText(chip.label).width + 12
    if (x + wide > width) { rows.push([]); x = 0 }
    rows.at(-1).push({...chip, x})
    x += wide
  }
  return rows
}

// What the page says around a figure; `head` and `foot` hold the title and legend, and the caption.
function wordsOf(head, foot, dark) {
  const chips = [...head.querySelectorAll(".chip")].map((chip) => {
    const mark = chip.querySelector("i")
    // The chip names two colours, light-dark(day, night).
    const pair = mark.style.getPropertyValue("--mark").match(/#[0-9a-f]{3,8}|rgba?\([^)]*\)|[a-z]+(?=[,)])/gi) ?? ["#888"]
    return {label: chip.textContent, mark: mark.className, colour: dark ? pair.at(-1) : pair.at(-2) ?? pair[0]}
  })
  return {
    title: head.querySelector("h3")?.textContent ?? "", chips,
    caption: foot?.querySelector(".caption")?.textContent ?? "",
    ink: dark ? "#f2f2f5" : "#1b1b1f", soft: dark ? "#b9b9c2" : "#55555e", paper: dark ? "#1e1e22" : "#ffffff",
  }
}

function isDark(element) {
  return getComputedStyle(element).colorScheme.trim() == "dark"
}

// In lines, since a canvas has the screen's few pixels: a picture for print is drawn anew.
function inner(view) {
  return view.export("svg").ctx.get_serialized_svg(true).replace(/^<\?xml[^>]*>/, "")
}

function framed(view, words) {
  const {width, height} = view.bbox, pad = 12, parts = []
  let y = pad
  for (const line of broken(words.title, `600 14px ${FONT}`, width)) {
    y += 16
    parts.push(`<text x="${pad}" y="${y - 2}" font-weight="600" font-size="14" fill="${words.ink}">${safe(line)}</text>`)
  }
  for (const row of chipRows(words.chips, width)) {
    y += 18
    for (const {x, label, mark, colour} of row) {
      parts.push(MARKS[mark]?.(pad + x, y - 4, safe(colour)) ?? "")
      parts.push(`<text x="${pad + x + 21}" y="${y}" font-size="12" fill="${words.soft}">${safe(label)}</text>`)
    }
  }
  y += 8
  parts.push(`<g transform="translate(${pad} ${y})">${inner(view)}</g>`)
  y += height + 4
  for (const line of broken(words.caption, `12px ${FONT}`, width)) {
    y += 17
    parts.push(`<text x="${pad}" y="${y - 3}" font-size="12" fill="${words.soft}">${safe(line)}</text>`)
  }
  const wide = Math.ceil(width + 2 * pad), high = Math.ceil(y + pad)
  return {wide, high, text:
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${wide}" height="${high}" ` +
    `viewBox="0 0 ${wide} ${high}" font-family="${safe(FONT)}"><title>${safe(words.title)}</title>` +
    `<rect width="100%" height="100%" fill="${words.paper}"/>${parts.join("")}</svg>`}
}

// The picture of a figure as a file: "svg", or "png" with twice the page's pixels.
async function picture(view, words, kind) {
  const {wide, high, text} = framed(view, words)
  const drawn = new Blob([text], {type: "image/svg+xml"})
  return kind == "svg" ? drawn : raster(drawn, wide, high, words.paper)
}

async function raster(svg, wide, high, paper) {
  const image = new Image(), address = URL.createObjectURL(svg)
  try {
    await new Promise((done, failed) => {
      image.onload = done
      image.onerror = () => failed(new Error("the browser could not draw the picture"))
      image.src = address
    })
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d")
    canvas.width = 2 * wide; canvas.height = 2 * high
    pen.fillStyle = paper
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((done) => canvas.toBlob(done, "image/png"))
  } finally {
    URL.revokeObjectURL(address)
  }
}
