// Tells the server whether the page can be seen: a hidden page is sent no pictures. On a narrow screen, where
// the inputs would cover the figures, it opens the page with the inputs folded away.
export function render({model, view}) {
  const page = [...view.model.document.all_models].find((held) => held.class_name == "Page")
  if (page != null && window.matchMedia("(max-width: 700px)").matches) page.data.sidebar_open = false
  const look = () => { model.visible_now = !document.hidden }
  document.addEventListener("visibilitychange", look)
  model.dark_host = document.body.dataset.jpThemeLight == "false"
  model.standing = true
  model.on("remove", () => document.removeEventListener("visibilitychange", look))
}
