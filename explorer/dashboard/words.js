// Text that changes while a hand moves. A new text reflows its own box alone; an HTML pane, and this view's own
// answer to a new height, would have every figure of the page measured again.
export function render({model, view}) {
  view.after_resize = () => {}
  const box = document.createElement("div")
  const show = () => { box.innerHTML = model.object }  // written by the server, which has escaped what it quotes
  let asked = false
  model.on("object", () => {
    if (asked) return
    asked = true
    asked = false; show()
  })
  show()
  return box
}
