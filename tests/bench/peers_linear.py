"""HiGHS and CP-SAT on the same integers: a linear program, with whole numbers where crews come whole or not at all."""

from typing import Any

import numpy as np
from scipy.sparse import csc_matrix

from tests.bench.integers import Array, Instance, exact_dot
from tests.bench.peers import (
    Marks,
    Peer,
    greedy,
    greedy_scarce,
    lapx_sparse,
    lemon,
    ortools_flow,
    ours,
    ours_with_all,
    scipy_dense,
    scipy_dense_asked,
    scipy_sparse,
)


def _program(instance: Instance) -> dict[str, Any]:
    """Columns: pairs, links where their number matters to the cost, crews. Rows: lines, limits, lines of crews."""
    pairs, lines, limits = len(instance.cost), len(instance.seats), instance.limits
    entries, links = _sums(instance) if not instance.link_cost.any() else _passing_on(instance)
    crews, of_crew = np.unique(instance.need[instance.whole], return_inverse=True)
    whole = np.flatnonzero(instance.whole)
    crew_column = pairs + len(links) + of_crew
    rows, columns = [instance.line, lines + entries[0]], [np.arange(pairs), entries[1]]
    values = [np.ones(pairs), entries[2]]
    of_line = np.full(lines, -1)
    of_line[whole] = np.arange(len(whole))
    member = np.flatnonzero(instance.whole[instance.line])
    for row, bound in ((lines + limits, instance.least), (lines + limits + len(whole), instance.seats)):
        rows += [row + of_line[instance.line[member]], row + np.arange(len(whole))]
        columns += [member, crew_column]
        values += [np.ones(len(member)), -bound[whole].astype(float)]
    room = np.zeros(limits)
    if not len(links):
        np.add.at(room, instance.link_from, instance.link_cap)
    none = np.full(lines, -np.inf)
    passed_on = np.zeros(limits) if len(links) else np.full(limits, -np.inf)
    width = pairs + len(links) + len(crews)
    matrix = csc_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        (lines + limits + 2 * len(whole), width),
    )
    lower = np.concatenate([none, passed_on, np.zeros(len(whole)), np.full(len(whole), -np.inf)])
    upper = np.concatenate([instance.seats, room, np.full(len(whole), np.inf), np.zeros(len(whole))])
    most = np.concatenate([np.ones(pairs), instance.link_cap[links], np.ones(len(crews))]).astype(np.int64)
    # Rows that hold whatever is chosen only take time.
    useful = (lower > -np.inf) | (matrix.multiply(matrix > 0) @ most > upper)
    cost = instance.cost - instance.unmet[instance.line]
    return {
        "cost": np.concatenate([cost, instance.link_cost[links], np.zeros(len(crews), dtype=np.int64)]),
        "most": most,
        "lower": lower[useful],
        "upper": upper[useful],
        "matrix": csc_matrix(matrix.tocsr()[np.flatnonzero(useful)]),
        "offset": exact_dot(instance.unmet, instance.seats),
        "crews": len(crews),
    }


#: (limit, column, value) of the rows of the limits.
Entries = tuple[Array, Array, Array]


def _sums(instance: Instance) -> tuple[Entries, Array]:
    """Links are free: what counts is how many pairs end up in each limit."""
    above = np.full(instance.limits, -1)
    above[instance.link_from] = instance.link_to
    at, pair, rows, columns = instance.entry, np.arange(len(instance.entry)), [], []
    while len(at):
        rows.append(at)
        columns.append(pair)
        at = above[at]
        at, pair = at[at >= 0], pair[at >= 0]
    row = np.concatenate(rows) if rows else at
    return (row, np.concatenate(columns) if columns else pair, np.ones(len(row))), np.zeros(0, dtype=np.int64)


def _passing_on(instance: Instance) -> tuple[Entries, Array]:
    """A column for each link: what comes into a limit leaves it."""
    pairs, links = np.arange(len(instance.entry)), np.arange(len(instance.link_from))
    inner = np.flatnonzero(instance.link_to >= 0)
    row = np.concatenate([instance.entry, instance.link_to[inner], instance.link_from])
    column = np.concatenate([pairs, len(pairs) + inner, len(pairs) + links])
    return (row, column, np.concatenate([np.ones(len(pairs) + len(inner)), -np.ones(len(links))])), links


def _highs(instance: Instance, marks: Marks, method: str, whole: bool, gap: float = 0.0) -> Array:
    import highspy

    made = _program(instance)
    matrix = made["matrix"]
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.col_cost_, program.offset_ = made["cost"].astype(float), float(made["offset"])
    program.col_lower_, program.col_upper_ = np.zeros(matrix.shape[1]), made["most"].astype(float)
    program.row_lower_, program.row_upper_ = made["lower"], made["upper"]
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
    program.a_matrix_.value_ = matrix.data
    if whole:
        # With the crews decided the rest is a flow, whose corners are whole: only they need branching.
        kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        program.integrality_ = [kinds[0]] * (matrix.shape[1] - made["crews"]) + [kinds[1]] * made["crews"]
    solver = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("time_limit", marks.limit_s),
        ("solver", method),
        ("mip_rel_gap", gap),
        ("mip_abs_gap", 0.5),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(program)
    marks.built()
    solver.run()
    marks.solved()
    if whole:
        marks.bound = float(solver.getInfo().mip_dual_bound)
    value = np.array(solver.getSolution().col_value[: len(instance.cost)])
    return np.flatnonzero(value > 0.5)


def highs_simplex(instance: Instance, marks: Marks) -> Array:
    """HiGHS' simplex: of a flow every corner is whole."""
    return _highs(instance, marks, "simplex", False)


def highs_ipm(instance: Instance, marks: Marks) -> Array:
    """HiGHS' interior point method with crossover to a corner."""
    return _highs(instance, marks, "ipm", False)


def highs_mip(instance: Instance, marks: Marks) -> Array:
    """HiGHS' branch and bound over the crews."""
    return _highs(instance, marks, "choose", True)


def cp_sat(instance: Instance, marks: Marks) -> Array:
    """OR-Tools' CP-SAT, two workers."""
    from ortools.sat.python import cp_model

    made = _program(instance)
    matrix = made["matrix"].tocsr()
    model = cp_model.CpModel()
    columns = [model.new_bool_var("") if m == 1 else model.new_int_var(0, m, "") for m in made["most"].tolist()]
    for row in range(matrix.shape[0]):
        at = slice(matrix.indptr[row], matrix.indptr[row + 1])
        held = [columns[k] for k in matrix.indices[at]]
        weights = matrix.data[at].astype(np.int64).tolist()
        low, high = made["lower"][row], made["upper"][row]
        most = made["most"][matrix.indices[at]]
        if low == -np.inf and high == 1 and set(weights) == {1} and (most == 1).all():
            model.add_at_most_one(held)
            continue
        model.add_linear_expression_in_domain(
            cp_model.LinearExpr.weighted_sum(held, weights),
            cp_model.Domain(-(1 << 40) if low == -np.inf else int(low), 1 << 40 if high == np.inf else int(high)),
        )
    model.minimize(cp_model.LinearExpr.weighted_sum(columns, made["cost"].tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = marks.limit_s
    solver.parameters.num_workers = 2
    marks.built()
    status = solver.solve(model)
    marks.solved()
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return np.zeros(0, dtype=np.int64)
    marks.bound = solver.best_objective_bound + made["offset"]
    return np.array([k for k in range(len(instance.cost)) if solver.value(columns[k])], dtype=np.int64)


_ONE = "several tasks a person; crews"
_CREWS = "crews"
_PROOF = "crews; prices (not in its Python)"

PEERS = (
    Peer("ours", ours, ("plain", "week"), ""),
    Peer("ours, all pairs", ours_with_all, (), ""),
    Peer("greedy", greedy, ("plain", "week", "crew"), "that somebody is needed more elsewhere", exact=False),
    Peer("greedy, scarce first", greedy_scarce, ("plain", "week", "crew"), "that two should swap", exact=False),
    Peer("scipy dense", scipy_dense, ("plain",), _ONE, long=True),
    Peer("scipy dense, asked", scipy_dense_asked, ("plain",), _ONE, long=True),
    Peer("scipy sparse", scipy_sparse, ("plain",), _ONE),
    Peer("lapx lapmod", lapx_sparse, ("plain",), f"{_ONE}; costs from 1,000,000", largest=999_999),
    Peer("OR-Tools flow", ortools_flow, ("plain", "week"), _PROOF),
    Peer("LEMON simplex", lemon, ("plain", "week"), _PROOF),
    Peer("HiGHS simplex", highs_simplex, ("plain", "week"), _CREWS, long=True),
    Peer("HiGHS IPM", highs_ipm, ("plain", "week"), _CREWS, long=True),
    Peer("HiGHS MIP", highs_mip, ("plain", "week", "crew"), "", exact=False, long=True),
    Peer("CP-SAT", cp_sat, ("plain", "week", "crew"), "", exact=False, long=True),
)
BY_NAME = {peer.name: peer for peer in PEERS}
