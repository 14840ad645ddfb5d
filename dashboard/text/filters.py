"""Words of the shared filter."""

WORDS: dict[str, tuple[str, str]] = {
    "filters.title": ("筛选", "Filter"),
    "filters.count": ("筛选（{count}）", "Filter ({count})"),
    "filters.town": ("乡镇（街道）", "Town"),
    "filters.village": ("村（社区）", "Village"),
    "filters.kind": ("阵地类型", "Kind of site"),
    "filters.category": ("需求类别", "Category"),
    "filters.urgency": ("紧急程度", "Urgency"),
    "filters.since": ("希望时间从", "Wanted from"),
    "filters.until": ("希望时间到", "Wanted until"),
    "filters.any": ("全部", "All"),
    "filters.clear": ("清除", "Clear"),
}
