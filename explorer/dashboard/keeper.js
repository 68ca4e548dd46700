// Keeps the reader's choice of light or dark from page to page; an address that says which has the last word. And
// it names the parts of the page (names.js).
const KEY = "ridgeline:theme"

export function render({model, view}) {
  const page = [...view.model.document.all_models].find((held) => held.class_name == "Page")
  if (page == null) return
  const asked = new URLSearchParams(window.location.search).has("theme")
  const kept = asked ? null : window.localStorage.getItem(KEY)
  if (kept != null) page.data.dark_theme = kept == "dark"
  const keep = () => window.localStorage.setItem(KEY, page.data.dark_theme ? "dark" : "light")
  page.data.properties.dark_theme.change.connect(keep)
  // Material's parts read their colours anew only when the theme itself changes.
  page.data.properties.dark_theme.change.connect(() => page.data.properties.theme_config.change.emit())
  const look = nameParts(view.model.document)
  for (const delay of [0, 300, 1500]) setTimeout(look, delay)
}
