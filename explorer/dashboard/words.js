// Text that changes while a hand moves. A new text reflows its own box alone; an HTML pane, and this view's own
// answer to a new height, would have every figure of the page measured again.
export function render({model, view}) {
  view.after_resize = () => {}
  const box = document.createElement("div")
  const show = () => {
    box.innerHTML = model.object  // written by the server, which has escaped what it quotes
    for (const held of box.querySelectorAll(".tex")) {  // MathML needs no fonts and can be read aloud
      const displayMode = held.classList.contains("display")
      window.katex?.render(held.textContent, held, {displayMode, output: "mathml", throwOnError: false})
      if (displayMode) held.tabIndex = 0  // a wide one scrolls
    }
  }
  model.on("object", show)
  show()
  return box
}
