// Tells the server whether the page can be seen: a hidden page is sent no pictures. On a narrow screen, where
// the inputs would cover the figures, it opens the page with the inputs folded away.
export function render({model, view}) {
  const page = [...view.model.document.all_models].find((held) => held.class_name == "Page")
  if (page != null && window.matchMedia("(max-width: 700px)").matches) page.data.sidebar_open = false
  const look = () => { model.visible_now = !document.hidden }
  document.addEventListener("visibilitychange", look)
  model.on("remove", () => document.removeEventListener("visibilitychange", look))
  keepLegends()
}

// Bokeh builds the rows of a legend anew at each change of the data they stand for, which lays the figure out
// anew: a quarter of the time from a slider to the picture. Here it does so when the rows differ.
function keepLegends() {
  const legend = Bokeh.require("models/annotations/legend").LegendView.prototype
  if ("rows_built" in legend) return
  const {render, _render_items} = legend
  const rows = (view) => view.labels.map(({item, label}) => [item.id, label, item.visible, view.is_active(item)]).join()
  legend.rows_built = null
  legend.render = function () {
    this.rows_built = null
    render.call(this)
  }
  legend._render_items = function () {
    const now = rows(this)
    if (now != this.rows_built) _render_items.call(this)
    this.rows_built = now
  }
}
