// The numbers of one figure as a table; the figure's menu opens it. While it is closed it follows nothing.
export function render({model, view}) {
  const doc = view.model.document, table = dataTable(() => doc, model.label)
  let button = null
  const asked = ({detail}) => {
    if (detail.document !== doc || detail.figure != model.name_of) return
    button = detail.button
    table.open = true
  }
  table.closer.addEventListener("click", () => { table.open = false; button?.focus() })
  window.addEventListener("explorer:table", asked)
  model.on("parts", () => table.read(model.parts))
  model.on("remove", () => { table.open = false; window.removeEventListener("explorer:table", asked) })
  table.read(model.parts)
  return table.root
}
