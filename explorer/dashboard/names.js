// Roles and names for what Material leaves without them, so that the page can be heard and reached by keyboard: the
// title is the page's heading, the spaces beside it are none, a question mark can be focused, and the two buttons of
// a number field say which way they go.

function nameWithin(root, label) {
  for (const space of root.querySelectorAll("h5.MuiTypography-root:not([role])")) {
    if (!space.textContent.trim()) space.setAttribute("role", "presentation")
  }
  for (const title of root.querySelectorAll("header .title:not([role])")) {
    title.setAttribute("role", "heading")
    title.setAttribute("aria-level", "1")
  }
  for (const help of root.querySelectorAll("span[aria-label]:not([role])")) {
    help.setAttribute("role", "img")
    if (!help.closest("[aria-hidden=true]")) help.tabIndex = 0
  }
  root.querySelector("[role=progressbar]:not([aria-label])")?.setAttribute("aria-label", "at work")
  root.querySelector("div[aria-label]:not([role])")?.setAttribute("role", "separator")  // the edge of the inputs
  const steps = [...root.querySelectorAll("button.MuiIconButton-root:not([aria-label])")]
  if (steps.length == 2 && label) {
    steps[0].setAttribute("aria-label", `${label}: one less`)
    steps[1].setAttribute("aria-label", `${label}: one more`)
  }
}

// Watch everything that Material draws on this page, now and later.
function nameParts(doc) {
  const watched = new WeakSet()
  const look = () => {
    for (const model of doc.all_models) {
      const root = Bokeh.index.find_one_by_id(model.id)?.shadow_el
      if (root == null || watched.has(root) || !model.type.endsWith("ReactComponent")) continue
      watched.add(root)
      const name = () => nameWithin(root, model.data?.label)
      new MutationObserver(name).observe(root, {childList: true, subtree: true})
      name()
    }
  }
  look()
  doc.idle.connect(look)
  return look
}
