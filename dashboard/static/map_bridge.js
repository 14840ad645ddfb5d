// Lays the page's message on the map's desk and brings clicks back. Shows nothing.
// The map itself lives in the frame that st_folium made (map.js); both are served by us.
export default function (component) {
  const { data, setStateValue } = component;
  const desks = (window.civicMaps = window.civicMaps || {});
  const desk = (desks[data.map] = desks[data.map] || { message: null, receive: null, send: null });
  desk.message = data.message;
  // A second click on the same thing must still be news, so a count goes with it.
  desk.send = (what) => setStateValue("picked", { what: what, count: (desk.count = (desk.count || 0) + 1) });
  if (desk.receive) desk.receive(data.message);
  return () => {
    desk.message = null;
    desk.send = null;
  };
}
