// The menu of one figure. Pictures are made here, of what is on the screen; tables are opened by the table itself.

// What lies in an element, in shadow roots too.
function* within(root) {
  for (const element of (root.shadowRoot ?? root).querySelectorAll("*")) {
    yield element
    if (element.shadowRoot) yield* within(element)
  }
}

// One element that answers as the card would if nothing of it lay in a shadow root.
function plain(card) {
  const found = document.createElement("div")
  for (const element of within(card)) {
    if (element.matches("h3, .legend, .caption")) found.append(element.cloneNode(true))
  }
  return found
}

function cardOf(element) {
  let host = element
  while (host && !host.classList?.contains("card")) host = host.parentElement ?? host.getRootNode().host
  return host
}

export function render({model, view}) {
  const items = [
    {key: "table", words: "Show as table"}, {key: "png", words: "PNG picture"}, {key: "svg", words: "SVG picture"},
    {key: ".csv", words: "CSV of its columns"}, {key: ".parquet", words: "Parquet of its columns"},
  ]
  const held = menu({label: `Take home: ${model.label}`, items, chosen})

  const looked = ({detail}) => {
    if (detail.document === view.model.document && detail.figure == model.name_of) {
      cardOf(view.el)?.scrollIntoView({block: "nearest"})
    }
  }
  window.addEventListener("explorer:look", looked)
  model.on("remove", () => window.removeEventListener("explorer:look", looked))

  async function chosen(key) {
    if (key.startsWith(".")) return model.send_msg({key})
    if (key == "table") {
      const detail = {document: view.model.document, figure: model.name_of, button: held.button}
      return window.dispatchEvent(new CustomEvent("explorer:table", {detail}))
    }
    const shown = figureView(model.figure), words = plain(cardOf(view.el))
    if (shown) save(await picture(shown, wordsOf(words, words, isDark(view.el)), key), `${model.stem}.${key}`)
  }
  return held.root
}
