// Tells the server whether the page can be seen: a hidden page is sent no pictures.
export function render({model}) {
  const look = () => { model.visible_now = !document.hidden }
  document.addEventListener("visibilitychange", look)
  model.on("remove", () => document.removeEventListener("visibilitychange", look))
}
