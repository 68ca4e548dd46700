// The control of one cursor on a served page. Nothing here sends a message while the hand moves or the picture
// plays: only the place where the hand lets go is told to the server.
export function render({model, view}) {
  const doc = model.data.document ?? view.model.document
  const control = turner(model, () => doc)
  const tapped = (event) => {
    const {document: where, name, value} = event.detail
    if (where === doc && name == model.cursor) control.place(value)
  }
  window.addEventListener("explorer:cursor", tapped)
  model.on("index", () => { if (!control.playing() && model.index != control.at()) control.show(model.index) })
  model.on("positions", control.refresh)
  model.on("series", control.refresh)
  model.on("remove", () => { control.forget(); window.removeEventListener("explorer:cursor", tapped) })
  return control.root
}
