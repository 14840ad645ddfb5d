"""Min-cost flow by successive shortest paths, one unit at a time, on a residual network of integers.

Method: Edmonds and Karp 1972, with node potentials (Tomizawa 1971), so that every search is a Dijkstra over reduced
costs >= 0 that stops at the sink; potentials change only where the search went. Costs are int64 >= 0.

Ties: nodes at one distance are settled by ascending number, and a path is replaced only by a strictly shorter one. So
the flow depends on the network alone, not on the order of its arcs.
"""

from dataclasses import dataclass

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.compiled import compiled, compiled_maker

#: Farther than every node. Path lengths stay under a quarter of it (`Network.build` checks the costs).
FAR = 1 << 62
#: Largest cost of an arc: sums of a few of them stay far from FAR.
LARGEST_COST = 1 << 58


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

    @classmethod
    def build(cls, nodes: int, tail: Array, head: Array, cap: Array, cost: Array) -> "Network":
        """From int64 arrays of one length. Raises OverflowError for what might overflow, ValueError below 0."""
        if len(cost) and int(cost.min()) < 0:
            raise ValueError("a cost below 0")
        if len(cost) and int(cost.max()) > LARGEST_COST:
            raise OverflowError("costs above 2^58")
        if max(nodes, 2 * len(tail), int(cap.max(initial=0))) >= 1 << 31:
            raise OverflowError("more than 2^31 nodes, arcs or units")
        return cls(*_residual(nodes, tail, head, cap, cost), np.zeros(nodes, dtype=np.int64))

    def send(self, sources: Array, sink: int) -> int:
        """One unit from each source in turn to the sink by the cheapest way. Returns how many nodes were settled.
        Raises ValueError when a unit has no way; potentials and flow are those of the units before it."""
        settled = _send(sources, sink, self.ptr, self.head, self.cap, self.cost, self.back, self.potential)
        if settled < 0:
            raise ValueError(f"no way from node {sources[-1 - settled]} to node {sink}")
        return int(settled)

    def flow_on(self, arcs: slice) -> Array:
        """Units on the given arcs, int64."""
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


@compiled_maker
def _send(
    sources: Array, sink: int, ptr: Array, head: Array, cap: Array, cost: Array, back: Array, potential: Array
) -> int:
    """See `Network.send`. Returns the nodes settled, or -1 - k when unit k has no way."""
    nodes = len(ptr) - 1
    far = np.int64(FAR)
    dist, via = np.full(nodes, far), np.full(nodes, -1)
    done = np.zeros(nodes, dtype=np.bool_)
    touched = np.empty(nodes, dtype=np.int64)
    keys, heap = np.empty(len(head) + 1, dtype=np.int64), np.empty(len(head) + 1, dtype=np.int32)
    settled = 0
    for unit in range(len(sources)):
        source = sources[unit]
        dist[source] = 0
        touched[0] = source
        seen, size = 1, _push(keys, heap, 0, 0, source)
        while size > 0:
            here = heap[0]
            size = _drop(keys, heap, size)
            if done[here]:
                continue
            done[here] = True
            settled += 1
            if here == sink:
                break
            base = dist[here] + potential[here]
            for arc in range(ptr[here], ptr[here + 1]):
                if cap[arc] <= 0:
                    continue
                there = head[arc]
                length = base + cost[arc] - potential[there]
                if length < dist[there] and length < dist[sink]:
                    if dist[there] == far:
                        touched[seen] = there
                        seen += 1
                    dist[there], via[there] = length, arc
                    size = _push(keys, heap, size, length, there)
        reached = done[sink]
        length = dist[sink]
        if reached:
            at = sink
            while at != source:
                arc = via[at]
                cap[arc] -= 1
                cap[back[arc]] += 1
                at = head[back[arc]]
        for k in range(seen):
            node = touched[k]
            if reached and dist[node] < length:
                potential[node] += dist[node] - length
            dist[node] = far
            done[node] = False
        if not reached:
            return -1 - unit
    return settled
