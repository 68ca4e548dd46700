// The card of a lesson: the text of a step, its question, and, once that is answered, what it reveals.
// By keyboard alone: N and P go on and back, a digit chooses an answer, 0 asks to be told.

function set(box, html) {
  box.innerHTML = html  // written by the server, which has escaped what it quotes
  for (const held of box.querySelectorAll(".tex")) {
    const displayMode = held.classList.contains("display")
    window.katex?.render(held.textContent, held, {displayMode, output: "mathml", throwOnError: false})
  }
}

function typing(event) {
  const at = event.composedPath()[0]
  return at.isContentEditable || /TEXTAREA|SELECT/.test(at.tagName) || (at.tagName == "INPUT" && !/range|checkbox/.test(at.type))
}

// On a narrow page the drawer of the inputs, from which a lesson is begun, covers the card.
function uncover(document) {
  if (!matchMedia("(max-width: 599.95px)").matches) return
  const page = [...document.all_models].find((held) => held.class_name == "Page")
  if (page != null) page.data.sidebar_open = false
}

export function render({model, view}) {
  const card = document.createElement("section")
  card.className = "lesson-card"
  card.setAttribute("aria-label", "lesson")
  const make = (tag, parent, name = "") => {
    const made = document.createElement(tag)
    made.className = name
    parent.append(made)
    return made
  }
  const button = (parent, words, action, name = "") => {
    const made = make("button", parent, name)
    made.type = "button"
    made.textContent = words
    made.addEventListener("click", action)
    return made
  }
  const say = (message) => model.send_msg(message)
  let heading = null

  function ask(question, shown) {
    set(make("p", question, "ask"), shown.ask)
    const row = make("div", question, "choices")
    shown.choices.forEach((words, i) => {
      const made = button(row, "", () => say({answer: i + 1}), shown.marks[i])
      set(made, `<b>${i + 1}</b> ${words}`)
      made.disabled = shown.answered
      if (shown.marks[i]) made.setAttribute("aria-label", `${made.textContent}: ${shown.marks[i]}`)
    })
    if (shown.axes.length && !shown.answered) {  // a place may be typed as well as tapped
      const form = make("form", row, "place")
      const fields = shown.axes.map((axis) => {
        const label = make("label", form)
        label.textContent = axis
        const field = make("input", label)
        field.type = "number"; field.step = "any"; field.required = true
        return field
      })
      button(form, "Answer", () => {}).type = "submit"
      form.addEventListener("submit", (event) => {
        event.preventDefault()
        say({typed: fields.map((field) => Number(field.value))})
      })
    }
    if (!shown.answered) button(row, "Tell me (0)", () => say({answer: 0}), "told")
  }

  let last = ""

  function show() {
    const shown = model.shown, said = JSON.stringify(shown)
    if (said == last) return  // or what is being typed would be lost
    last = said
    const before = card.hidden ? null : heading?.textContent
    card.replaceChildren()
    card.hidden = !shown.title
    if (card.hidden) return
    const head = make("header", card)
    make("span", head, "of").textContent = `${shown.title} · step ${shown.place} of ${shown.count}`
    heading = make("h3", card)
    heading.textContent = shown.heading
    heading.tabIndex = -1
    set(make("div", card, "text"), shown.text)
    if (shown.ask) ask(make("div", card, "question"), shown)
    const reveal = make("div", card, "reveal")
    reveal.setAttribute("role", "status")
    if (shown.reveal) set(reveal, shown.reveal)
    const foot = make("footer", head)
    const onward = shown.place == shown.count ? "Finish (N)" : "Next (N)"
    const back = button(foot, "Back (P)", () => say({go: -1})), next = button(foot, onward, () => say({go: 1}), "next")
    back.disabled = shown.place == 1
    next.disabled = shown.ask != "" && !shown.answered
    const close = button(foot, "✕", () => say({close: true}), "close")
    close.setAttribute("aria-label", "Leave the lesson")
    if (before == null) uncover(view.model.document)
    if (shown.figure && !shown.answered) {  // what is to be tapped must be seen
      dispatchEvent(new CustomEvent("explorer:look", {detail: {document: view.model.document, figure: shown.figure}}))
    }
    if (shown.reveal) reveal.scrollIntoView({block: "nearest"})
    if (before != null && before != shown.heading) heading.focus({preventScroll: true})
    else if (shown.answered && !next.disabled) next.focus({preventScroll: true})
  }

  const pressed = (event) => {
    if (card.hidden || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return
    const key = event.key.toLowerCase()
    const [back, next] = card.querySelectorAll("footer button")
    if (key == "n") next.click()
    else if (key == "p") back.click()
    else if (key == "0") card.querySelector(".told")?.click()
    else if (/^[1-9]$/.test(key)) card.querySelectorAll(".choices > button")[Number(key) - 1]?.click()
  }
  document.addEventListener("keydown", pressed)
  model.on("remove", () => document.removeEventListener("keydown", pressed))
  model.on("shown", show)
  show()
  return card
}
