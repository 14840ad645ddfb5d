"""Words of solving in the background."""

WORDS: dict[str, tuple[str, str]] = {
    "match_jobs.bug": (
        "求解出错，没有留下任何结果。请重试；再出错请联系管理员查看日志。",
        "Solving went wrong and left nothing. Try again; if it happens again, ask an admin to look into the log.",
    ),
    "match_jobs.step_waiting": ("排队等候", "Waiting for its turn"),
    "match_jobs.step_read": ("读取志愿者和需求", "Reading volunteers and needs"),
    "match_jobs.step_candidates": ("找出谁能去哪里", "Finding who may take what"),
    "match_jobs.step_limits": ("排出每人的时间和上限", "Laying out times and caps"),
    "match_jobs.step_solve": ("求解", "Solving"),
    "match_jobs.step_mend": ("安排共同时间和整组", "Arranging common times and crews"),
    "match_jobs.step_prove": ("逐人逐单核对证明", "Proving, everybody against every need"),
    "match_jobs.step_record": ("记录", "Recording"),
    "match_jobs.step_gather": ("取出方案", "Fetching the plan"),
    "match_jobs.step_lock": ("锁定需求和人员", "Taking the needs and people in hand"),
    "match_jobs.step_basis": ("核对有没有变动", "Looking for what has changed"),
    "match_jobs.step_check": ("逐条核对", "Checking row by row"),
    "match_jobs.step_store": ("派出", "Sending"),
    "match_jobs.step_commit": ("完成", "Finishing"),
    "match_jobs.send_lead": (
        "要么全部派出，要么一条也不派；停止后一条也不派。",
        "All of it goes, or nothing; if you stop, nothing goes.",
    ),
    "match_jobs.send_cancelled": ("已停止，一条也没有派出。", "Stopped; nothing was sent."),
    "match_jobs.send_bug": (
        "派出时出错，一条也没有派出。请重试；再出错请联系管理员查看日志。",
        "Sending went wrong and nothing was sent. Try again; if it happens again, ask an admin to look into the log.",
    ),
    "match_jobs.cancelled": ("已停止，没有留下任何结果。", "Stopped; nothing was left."),
    "match_jobs.nothing": ("没有还缺人的需求。", "No need has open seats."),
}
