"""HiGHS and CP-SAT on the same integers: a linear program, with whole numbers where crews come whole or not at all."""

from typing import Any

import numpy as np
from scipy.sparse import csc_matrix

from tests.bench.integers import Array, Instance
from tests.bench.peers import (
    Marks,
    Peer,
    greedy,
    greedy_scarce,
    lapx_sparse,
    lemon,
    ortools_flow,
    ours,
    scipy_dense,
    scipy_dense_asked,
    scipy_sparse,
)


def _program(instance: Instance) -> dict[str, Any]:
    """Columns: pairs, links that lead to a limit or cost something, crews. Rows: lines, limits, lines of crews."""
    pairs, lines, limits = len(instance.cost), len(instance.seats), instance.limits
    once = np.bincount(instance.link_from, minlength=limits)[instance.link_from] == 1
    last = (instance.link_to < 0) & (instance.link_cost == 0) & once  # only a bound on its limit
    links = np.flatnonzero(~last)
    crews, of_crew = np.unique(instance.need[instance.whole], return_inverse=True)
    whole = np.flatnonzero(instance.whole)
    link_column, crew_column = pairs + np.arange(len(links)), pairs + len(links) + of_crew
    into = instance.link_to[links]
    inner = into >= 0
    rows = [instance.line, lines + instance.entry, lines + into[inner], lines + instance.link_from[links]]
    columns = [np.arange(pairs), np.arange(pairs), link_column[inner], link_column]
    values = [np.ones(2 * pairs + inner.sum()), -np.ones(len(links))]
    of_line = np.full(lines, -1)
    of_line[whole] = np.arange(len(whole))
    member = np.flatnonzero(instance.whole[instance.line])
    for row, bound in ((lines + limits, instance.least), (lines + limits + len(whole), instance.seats)):
        rows += [row + of_line[instance.line[member]], row + np.arange(len(whole))]
        columns += [member, crew_column]
        values += [np.ones(len(member)), -bound[whole].astype(float)]
    lower = np.concatenate([np.full(lines, -np.inf), np.zeros(limits + len(whole)), np.full(len(whole), -np.inf)])
    upper = np.concatenate([instance.seats, np.zeros(limits), np.full(len(whole), np.inf), np.zeros(len(whole))])
    lower[lines + instance.link_from[last]] = -np.inf
    upper[lines + instance.link_from[last]] = instance.link_cap[last]
    cost = instance.cost - instance.unmet[instance.line]
    width = pairs + len(links) + len(crews)
    return {
        "cost": np.concatenate([cost, instance.link_cost[links], np.zeros(len(crews), dtype=np.int64)]),
        "most": np.concatenate([np.ones(pairs), instance.link_cap[links], np.ones(len(crews))]).astype(np.int64),
        "lower": lower,
        "upper": upper,
        "matrix": csc_matrix(
            (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), (len(lower), width)
        ),
        "offset": int(instance.unmet @ instance.seats),
    }


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
        program.integrality_ = [highspy.HighsVarType.kInteger] * matrix.shape[1]
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
    """HiGHS' branch and bound, whole numbers asked for."""
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
        if low == -np.inf and np.maximum(matrix.data[at], 0) @ most <= high:
            continue  # holds whatever is chosen
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
