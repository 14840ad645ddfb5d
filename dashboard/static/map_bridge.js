// Lays a part of the page's message on the map's desk and brings clicks back. Shows nothing.
// The map itself lives in the frame that st_folium made (map.js); both are served by us. Two of these serve one map:
// one lays "what": layers, colours, words; the other "pick": what is chosen, and takes the clicks. So a click sends
// only the small one.
export default function (component) {
  const { data, setStateValue } = component;
  const desks = (window.civicMaps = window.civicMaps || {});
  const desk = (desks[data.map] = desks[data.map] || { message: null, receive: null, send: null });
  desk.message = { ...desk.message, ...data.message };
  if (data.part === "pick") {
    desk.send = (what, at) => {
      // The choice stands in the address before the page runs again: no second message, no step in the history.
      if (what && data.parameter) {
        const address = new URL(window.location.href);
        address.searchParams.set(data.parameter, what);
        window.history.replaceState(window.history.state, "", address);
      }
      // A second click on the same thing must still be news, so a count goes with it.
      desk.count = (desk.count || 0) + 1;
      setStateValue("picked", { what: what, at: at, count: desk.count });
    };
  }
  if (desk.receive && desk.message.words) desk.receive(desk.message);
  return () => {
    if (data.part === "pick") desk.send = null;
    else desk.message = null;
  };
}
