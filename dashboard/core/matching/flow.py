"""Min-cost flow by successive shortest paths, one unit at a time, on a residual network of integers.

Method: Edmonds and Karp 1972, with node potentials (Tomizawa 1971), so that every search is a Dijkstra over reduced
costs >= 0 that stops at its end; potentials change only where the search went. Costs are int64 >= 0.

Every change of the network ("this arc may not be used", "a unit must go here") leaves one unit too many at one node and
one too few at another. It is mended through the sink, by a search forward from the first to the sink and one backward
from the second: each sees a few nodes, where one search between the two would wade through half the network.

Ties: nodes at one distance are settled by ascending number, and a path is replaced only by a strictly shorter one. So
the flow depends on the network and the changes alone, not on the order of its arcs.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.compiled import compiled, compiled_maker
from dashboard.core.matching.problem import LARGEST
from dashboard.core.matching.watch import Stopped, Watch, watched

#: Farther than every node. Path lengths stay under a quarter of it (`Network.build` checks the costs).
FAR = 1 << 62
_STOPPED = -(1 << 40)


@dataclass(frozen=True, eq=False)
class Workspace:
    """What a search needs and leaves clean, kept between searches. `path` holds the arcs of the last one."""

    dist: Array  # int64[nodes]
    via: Array  # int32[nodes] arc by which a node was reached
    done: Array  # bool[nodes]
    touched: Array  # int32[nodes]
    keys: Array  # int64[2 arcs + 1]
    heap: Array  # int32[2 arcs + 1]
    path: Array  # int32[nodes]
    moved: Array  # int32[nodes] whose price or open arcs changed since `Network.sound_around`
    is_moved: Array  # bool[nodes]
    counts: Array  # int64[3]: nodes settled, nodes moved, arcs of the path

    @classmethod
    def of(cls, nodes: int, arcs: int) -> "Workspace":
        """For so many nodes and directed arcs."""
        return cls(
            np.full(nodes, FAR, dtype=np.int64),
            np.empty(nodes, dtype=np.int32),
            np.zeros(nodes, dtype=np.bool_),
            np.empty(nodes, dtype=np.int32),
            np.empty(arcs + 1, dtype=np.int64),
            np.empty(arcs + 1, dtype=np.int32),
            np.empty(nodes, dtype=np.int32),
            np.empty(nodes, dtype=np.int32),
            np.zeros(nodes, dtype=np.bool_),
            np.zeros(3, dtype=np.int64),
        )


@dataclass(frozen=True, eq=False)
class Network:
    """A residual network: each arc and its reverse. `cap` and `potential` change as units are sent."""

    ptr: Array  # int64[nodes + 1]: arcs leaving node v are ptr[v]:ptr[v + 1]
    head: Array  # int32[2 arcs]
    cap: Array  # int32[2 arcs] what may still be sent
    cost: Array  # int64[2 arcs], of a reverse arc the negative
    back: Array  # int32[2 arcs]: position of the arc the other way
    place: Array  # int32[arcs]: position of each given arc
    potential: Array  # int64[nodes]
    _spaces: list[Workspace] = field(default_factory=list)

    @classmethod
    def build(cls, nodes: int, tail: Array, head: Array, cap: Array, cost: Array) -> "Network":
        """From int64 arrays of one length. Raises OverflowError for what might overflow, ValueError below 0."""
        if len(cost) and int(cost.min()) < 0:
            raise ValueError("a cost below 0")
        if len(cost) and int(cost.max()) > LARGEST:
            raise OverflowError("costs above 2^58")
        if max(nodes, 2 * len(tail), int(cap.max(initial=0))) >= 1 << 31:
            raise OverflowError("more than 2^31 nodes, arcs or units")
        return cls(*_residual(nodes, tail, head, cap, cost), np.zeros(nodes, dtype=np.int64))

    @property
    def space(self) -> Workspace:
        """The searches' own memory, made at the first."""
        if not self._spaces:
            self._spaces.append(Workspace.of(len(self.potential), len(self.head)))
        return self._spaces[0]

    def copy(self) -> "Network":
        """A network that can be changed without this one; what never changes is shared."""
        return replace(self, cap=self.cap.copy(), potential=self.potential.copy(), _spaces=[])

    def send(self, sources: Array, sink: int, watch: Watch | None = None) -> int:
        """One unit from each source in turn to the sink by the cheapest way. Returns how many nodes were settled.
        Raises ValueError when a unit has no way; potentials and flow are those of the units before it."""
        w, seen = self.space, watched(watch)
        units = np.ascontiguousarray(sources, dtype=np.int64)
        settled = _send(
            units, sink, seen.state, self.ptr, self.head, self.cap, self.cost, self.back, self.potential, w.dist,
            w.via, w.done, w.touched, w.keys, w.heap, w.path, w.moved, w.is_moved, w.counts,
        )  # fmt: skip
        self._moved()
        if settled == _STOPPED:
            raise Stopped
        if settled < 0:
            raise ValueError(f"no way from node {units[-1 - settled]} to node {sink}")
        return int(settled)

    def forward(self, source: int, sink: int) -> bool:
        """One unit from a node to the sink; False when there is no way. The path is in `space.path`."""
        w = self.space
        return bool(
            _forward(
                source, sink, self.ptr, self.head, self.cap, self.cost, self.back, self.potential, w.dist, w.via,
                w.done, w.touched, w.keys, w.heap, w.path, w.moved, w.is_moved, w.counts,
            )
        )  # fmt: skip

    def backward(self, source: int, sink: int) -> bool:
        """One unit from the sink (the source of this search) to a node, searched from the node; False for no way."""
        w = self.space
        return bool(
            _backward(
                source, sink, self.ptr, self.head, self.cap, self.cost, self.back, self.potential, w.dist, w.via,
                w.done, w.touched, w.keys, w.heap, w.path, w.moved, w.is_moved, w.counts,
            )
        )  # fmt: skip

    def path(self) -> Array:
        """The arcs of the last search's path, int32, a copy."""
        w = self.space
        found: Array = w.path[: w.counts[2]].copy()
        return found

    def undo(self, path: Array) -> None:
        """Take back the unit of a path. Its arcs cost nothing in the potentials it left, so they stay valid."""
        self.cap[path] += 1
        self.cap[self.back[path]] -= 1

    def sound_around(self) -> bool:
        """Does no open arc have a reduced cost below 0 at the nodes that searches moved since this was last asked? The
        last node is passed over: it is the sink, whose price never changes, and its arcs are looked at from their other
        ends."""
        nodes = self._moved()
        nodes = nodes[nodes < len(self.potential) - 1]
        return bool(_sound(nodes, self.ptr, self.head, self.cap, self.cost, self.back, self.potential))

    def _moved(self) -> Array:
        """The nodes moved, and forgets them."""
        w = self.space
        nodes: Array = w.moved[: w.counts[1]].copy()
        w.is_moved[nodes], w.counts[1] = False, 0
        return nodes

    def sound(self) -> bool:
        """Does no open arc at all have a reduced cost below 0? Then no flow of the same amounts is cheaper."""
        nodes = np.arange(len(self.potential), dtype=np.int32)
        return bool(_sound(nodes, self.ptr, self.head, self.cap, self.cost, self.back, self.potential))

    def reach(self, source: int, sink: int) -> Array:
        """bool[nodes]: what can be reached from a node over open arcs, whatever they cost, without passing the sink."""
        found: Array = _reach(source, sink, self.ptr, self.head, self.cap)
        return found

    def flow_on(self, arcs: slice | Array) -> Array:
        """Units on the given arcs, int32."""
        used: Array = self.cap[self.back[self.place[arcs]]]
        return used


@compiled_maker
def _residual(
    nodes: int, tail: Array, head: Array, cap: Array, cost: Array
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """(ptr, head, cap, cost, back, place) of `Network`: a counting sort of all arcs and their reverses by tail."""
    arcs = len(tail)
    ptr = np.zeros(nodes + 1, dtype=np.int64)
    for a in range(arcs):
        ptr[tail[a] + 1] += 1
        ptr[head[a] + 1] += 1
    for v in range(nodes):
        ptr[v + 1] += ptr[v]
    filled = ptr[:nodes].copy()
    heads, caps = np.empty(2 * arcs, dtype=np.int32), np.empty(2 * arcs, dtype=np.int32)
    costs, back = np.empty(2 * arcs, dtype=np.int64), np.empty(2 * arcs, dtype=np.int32)
    place = np.empty(arcs, dtype=np.int32)
    for a in range(arcs):
        there, here = filled[tail[a]], filled[head[a]]
        filled[tail[a]] += 1
        filled[head[a]] += 1
        place[a] = there
        heads[there], caps[there], costs[there], back[there] = head[a], cap[a], cost[a], here
        heads[here], caps[here], costs[here], back[here] = tail[a], 0, -cost[a], there
    return ptr, heads, caps, costs, back, place


@compiled
def _push(keys: Array, nodes: Array, size: int, key: int, node: int) -> int:
    """Adds (key, node) to a binary heap of `size` entries; returns the new size."""
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if keys[parent] < key or (keys[parent] == key and nodes[parent] <= node):
            break
        keys[at], nodes[at] = keys[parent], nodes[parent]
        at = parent
    keys[at], nodes[at] = key, node
    return size + 1


@compiled
def _drop(keys: Array, nodes: Array, size: int) -> int:
    """Removes the least (key, node) of the heap; returns the new size."""
    size -= 1
    key, node = keys[size], nodes[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        right = child + 1
        if right < size and (keys[right] < keys[child] or (keys[right] == keys[child] and nodes[right] < nodes[child])):
            child = right
        if keys[child] > key or (keys[child] == key and nodes[child] >= node):
            break
        keys[at], nodes[at] = keys[child], nodes[child]
        at = child
    keys[at], nodes[at] = key, node
    return size


@compiled
def _move(node: int, moved: Array, is_moved: Array, counts: Array) -> None:
    """Notes that a node's price or arcs changed."""
    if not is_moved[node]:
        is_moved[node] = True
        moved[counts[1]] = node
        counts[1] += 1


@compiled
def _forward(
    source: int, sink: int, ptr: Array, head: Array, cap: Array, cost: Array, back: Array, potential: Array,
    dist: Array, via: Array, done: Array, touched: Array, keys: Array, heap: Array, path: Array, moved: Array,
    is_moved: Array, counts: Array,
) -> bool:  # fmt: skip
    """One unit from `source` to `sink` along a cheapest path, searched from the source."""
    dist[source] = 0
    touched[0] = source
    seen, size, steps = 1, _push(keys, heap, 0, 0, source), 0
    while size > 0:
        here = heap[0]
        size = _drop(keys, heap, size)
        if done[here]:
            continue
        done[here] = True
        counts[0] += 1
        if here == sink:
            break
        base = dist[here] + potential[here]
        for arc in range(ptr[here], ptr[here + 1]):
            if cap[arc] <= 0:
                continue
            there = head[arc]
            length = base + cost[arc] - potential[there]
            if length < dist[there] and length < dist[sink]:
                if dist[there] == FAR:
                    touched[seen] = there
                    seen += 1
                dist[there], via[there] = length, arc
                size = _push(keys, heap, size, length, there)
    reached, length = done[sink], dist[sink]
    if reached:
        at = sink
        while at != source:
            arc = via[at]
            cap[arc] -= 1
            cap[back[arc]] += 1
            path[steps] = arc
            steps += 1
            at = head[back[arc]]
            _move(at, moved, is_moved, counts)
    for k in range(seen):
        node = touched[k]
        if reached and dist[node] < length:
            potential[node] += dist[node] - length
            _move(node, moved, is_moved, counts)
        dist[node] = FAR
        done[node] = False
    counts[2] = steps
    return reached


@compiled
def _backward(
    source: int, sink: int, ptr: Array, head: Array, cap: Array, cost: Array, back: Array, potential: Array,
    dist: Array, via: Array, done: Array, touched: Array, keys: Array, heap: Array, path: Array, moved: Array,
    is_moved: Array, counts: Array,
) -> bool:  # fmt: skip
    """One unit from `source` to `sink` along a cheapest path, searched from the sink, against the arcs."""
    dist[sink] = 0
    touched[0] = sink
    seen, size, steps = 1, _push(keys, heap, 0, 0, sink), 0
    while size > 0:
        here = heap[0]
        size = _drop(keys, heap, size)
        if done[here]:
            continue
        done[here] = True
        counts[0] += 1
        if here == source:
            break
        base = dist[here] - potential[here]
        for leaving in range(ptr[here], ptr[here + 1]):
            arc = back[leaving]  # from `there` to `here`
            if cap[arc] <= 0:
                continue
            there = head[leaving]
            length = base + cost[arc] + potential[there]
            if length < dist[there] and length < dist[source]:
                if dist[there] == FAR:
                    touched[seen] = there
                    seen += 1
                dist[there], via[there] = length, arc
                size = _push(keys, heap, size, length, there)
    reached, length = done[source], dist[source]
    if reached:
        at = source
        while at != sink:
            arc = via[at]
            cap[arc] -= 1
            cap[back[arc]] += 1
            path[steps] = arc
            steps += 1
            at = head[arc]
            _move(at, moved, is_moved, counts)
    for k in range(seen):
        node = touched[k]
        if reached and dist[node] < length:
            potential[node] += length - dist[node]
            _move(node, moved, is_moved, counts)
        dist[node] = FAR
        done[node] = False
    counts[2] = steps
    return reached


@compiled_maker
def _send(
    sources: Array, sink: int, watch: Array, ptr: Array, head: Array, cap: Array, cost: Array, back: Array,
    potential: Array, dist: Array, via: Array, done: Array, touched: Array, keys: Array, heap: Array, path: Array,
    moved: Array, is_moved: Array, counts: Array,
) -> int:  # fmt: skip
    """See `Network.send`. Returns the nodes settled, -1 - k when unit k has no way, or `_STOPPED`."""
    before = counts[0]
    for unit in range(len(sources)):
        watch[1] = unit
        if watch[0] != 0:
            return _STOPPED
        if not _forward(
            sources[unit], sink, ptr, head, cap, cost, back, potential, dist, via, done, touched, keys, heap, path,
            moved, is_moved, counts,
        ):  # fmt: skip
            return -1 - unit
    watch[1] = len(sources)
    settled = counts[0] - before
    return int(settled)


@compiled_maker
def _sound(nodes: Array, ptr: Array, head: Array, cap: Array, cost: Array, back: Array, potential: Array) -> bool:
    for k in range(len(nodes)):
        node = nodes[k]
        own = potential[node]
        for arc in range(ptr[node], ptr[node + 1]):
            step = cost[arc] + own - potential[head[arc]]
            if (cap[arc] > 0 and step < 0) or (cap[back[arc]] > 0 and step > 0):
                return False
    return True


@compiled_maker
def _reach(source: int, sink: int, ptr: Array, head: Array, cap: Array) -> Array:
    seen = np.zeros(len(ptr) - 1, dtype=np.bool_)
    stack = np.empty(len(ptr), dtype=np.int64)
    stack[0], size = source, 1
    seen[source] = True
    while size > 0:
        size -= 1
        here = stack[size]
        for arc in range(ptr[here], ptr[here + 1]):
            there = head[arc]
            if cap[arc] > 0 and not seen[there] and there != sink:
                seen[there] = True
                stack[size] = there
                size += 1
    return seen
