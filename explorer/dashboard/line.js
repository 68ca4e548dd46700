// The line to the server. When it breaks, one sentence says so, and the page is loaded again as soon as the server
// answers: the address holds the state. When nobody has touched the page for long, the server says so here.
const POLL_MS = 1000

function say(text, link) {
  const box = document.createElement("div")
  box.className = "lost-line"
  box.setAttribute("role", "status")
  box.style.cssText = "position:fixed;inset:auto 0 0 0;z-index:9999;padding:12px 20px;text-align:center;" +
    "font:16px/1.5 system-ui,sans-serif;background:#222;color:#fff"
  box.textContent = text
  if (link) {
    const back = document.createElement("a")
    back.href = location.href
    back.textContent = link
    back.style.color = "#9cf"
    back.addEventListener("click", (event) => { event.preventDefault(); location.reload() })
    box.append(" ", back)
  }
  document.body.append(box)
  return box
}

export function render({model, view}) {
  let rested = false, lost = false, told = Date.now()
  const health = model.health

  async function await_server() {
    try {
      const answer = await fetch(health, {cache: "no-store"})
      if (answer.ok) return location.reload()
    } catch {}  // still away
    setTimeout(await_server, POLL_MS * (0.5 + Math.random()))  // a class of pages does not come back in one blow
  }
  const broken = () => {
    if (rested || lost) return
    lost = true
    say("The connection to the server was lost; this page comes back with its setting as soon as the server answers.")
    setTimeout(await_server, POLL_MS * Math.random())
  }
  const rest = () => {
    if (!model.resting) return
    rested = true
    const minutes = Math.round(model.idle_ms / 60000)
    const long = minutes > 1 ? `${minutes} minutes` : "a while"
    document.body.replaceChildren()
    say(`This page rests, because nobody touched it for ${long}.`, "Go on where you were")
  }
  const touched = () => {
    if (Date.now() - told < model.idle_ms / 4) return
    told = Date.now()
    model.send_msg({touched: true})
  }
  const touches = ["pointerdown", "keydown", "wheel"]
  view.model.document.on_event("connection_lost", broken)
  model.on("resting", rest)
  for (const name of touches) addEventListener(name, touched, {passive: true, capture: true})
  rest()  // it may have been said before this stood
  model.on("remove", () => { for (const name of touches) removeEventListener(name, touched, {capture: true}) })
}
