// Tells the server whether the page can be seen: a hidden page is sent no pictures. On a narrow screen, where
// the inputs would cover the figures, it opens the page with the inputs folded away.
// Material leaves the two buttons of a number field without names.
function nameSteps(field) {
  const root = Bokeh.index.find_one_by_id(field.id)?.shadow_el
  if (root == null) return
  const name = () => {
    const [less, more] = root.querySelectorAll("button.MuiIconButton-root")
    less?.setAttribute("aria-label", `${field.data.label}: one less`)
    more?.setAttribute("aria-label", `${field.data.label}: one more`)
  }
  new MutationObserver(name).observe(root, {childList: true, subtree: true})
  name()
}

export function render({model, view}) {
  const page = [...view.model.document.all_models].find((held) => held.class_name == "Page")
  if (page != null && window.matchMedia("(max-width: 700px)").matches) page.data.sidebar_open = false
  const look = () => { model.visible_now = !document.hidden }
  document.addEventListener("visibilitychange", look)
  model.dark_host = document.body.dataset.jpThemeLight == "false"
  model.standing = true
  for (const held of view.model.document.all_models) if (held.class_name == "IntInput") nameSteps(held)
  model.on("remove", () => document.removeEventListener("visibilitychange", look))
}
