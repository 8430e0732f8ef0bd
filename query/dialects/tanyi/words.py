"""Tanyi's words: results of a dial, levels of intent, and what its envelope says."""

from collections.abc import Mapping
from typing import Final

from schemas.words import Outcome, Role

RESULTS: Final[Mapping[Outcome, str]] = {
    Outcome.ANSWERED: "ANSWERED",
    Outcome.NO_ANSWER: "NO_ANSWER",
    Outcome.BUSY: "BUSY",
    Outcome.POWER_OFF: "POWER_OFF",
    Outcome.OUT_OF_SERVICE: "OUT_OF_SERVICE",
    Outcome.REJECTED: "REFUSED",
    Outcome.INVALID_NUMBER: "VACANT_NUMBER",
    Outcome.UNREACHABLE: "CAN_NOT_CONNECT",
    Outcome.LINE_ERROR: "FROM_PHONE_ERROR",
    Outcome.SYSTEM_ERROR: "SYSTEM_ERROR",
    Outcome.VOICEMAIL: "NO_ANSWER",
    Outcome.CANCELED: "NO_ANSWER",
}
"""`resultStatus`; a call in progress has none."""

LEVELS: Final[Mapping[str, str]] = {
    "A": "较强",
    "B": "一般",
    "C": "无法判断",
    "D": "很少",
    "E": "需要再次跟进",
    "F": "无需再次跟进",
}
"""`intentLevel` and what it is called where nobody named it."""

SPEAKERS: Final[Mapping[Role, str]] = {Role.AGENT: "ROBOT", Role.CUSTOMER: "PERSON"}
REMOTE_HANGUP: Final = "REMOTE_HANGUP"
NOT_READ: Final = "NOT_READ"
HAS_READ: Final = "HAS_READ"

OK: Final = 200
UNSIGNED: Final = 401
FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
WRONG: Final = 412
FAILED: Final = 500
MESSAGES: Final[Mapping[int, str]] = {
    OK: "执行成功",
    UNSIGNED: "校验数据错误",
    FORBIDDEN: "权限不足",
    NOT_FOUND: "资源未找到",
    WRONG: "参数错误",
    FAILED: "未知错误",
}
"""`code` and its text by the vendor's table."""
LIST_OK: Final = "获取成功"
