"""Who took part in a call, as OMICall's objects: its people, who made it, whom it was for. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

from query.dialects.moments import epoch_ms
from query.dialects.shelf import hex_of
from schemas.call import Agent, Call, Customer
from schemas.words import AgentKind, Direction, Platform

Json = dict[str, Any]
NOBODY: Final = "anonymous"
"""The number of a customer who showed none: clients index its characters."""
_HEX: Final = re.compile("[0-9a-fA-F]{24}")
_LETTERS: Final = str.maketrans("đĐ", "dD")


def own(call: Call) -> Mapping[str, Any]:
    """Return what OMICall itself sent of the call beyond the canonical fields, nothing of any other call."""
    sent = call.ext.get(Platform.OMICALL) if call.platform is Platform.OMICALL else None
    return sent if isinstance(sent, dict) else {}


def hex24(call: Call, kind: str, id_: str | None) -> str:
    """Return the 24 hex digits that stand for an id, "" of none; OMICall's own are themselves."""
    if not id_:
        return ""
    return id_ if _HEX.fullmatch(id_) else hex_of(tenant=call.tenant, kind=kind, id_=id_)


def unsigned(name: str) -> str:
    """Return a name without Vietnamese diacritics, in the letter case that it has."""
    if name.isascii():
        return name
    apart = unicodedata.normalize("NFD", name).translate(_LETTERS)
    return "".join(character for character in apart if not unicodedata.combining(character))


def customer_number(call: Call) -> str:
    """Return the customer's number: never empty where somebody outside was called or called."""
    told = own(call).get("phone_number")
    if isinstance(told, str) and told:
        return told
    if call.direction is Direction.LOCAL:
        return call.to or ""
    known = call.customer_number or (call.customer and (call.customer.number or call.customer.id))
    return known or (NOBODY if call.direction else "")


def users(call: Call) -> list[Json]:
    """Return the people of the call, the first with its note and tags; without any an empty one."""
    sent = own(call).get("user")
    people = [each for each in sent if isinstance(each, dict)] if isinstance(sent, list) else []
    first, *others = people or [{}]
    return [_first_user(call, first), *(_user(call, each) for each in others)]


def _first_user(call: Call, sent: Mapping[str, Any]) -> Json:
    agent = call.agent or Agent()
    known = {"full_name": agent.name or "", "email": agent.email or "", "_id": hex24(call, "agent", agent.id)}
    user = _user(call, {**known, **sent})
    now = {
        "note": call.note or "",
        "tag": [{"name": tag.name} for tag in call.tags],
        "tags_view": [tag.name for tag in call.tags],
        "note_created_date": epoch_ms(call.edited_at) if call.note is not None and call.edited_at else 0,
    }
    # What OMICall sent of its user is shown until people write something themselves.
    as_sent = sent.keys() if call.edited_at is None else ()
    return user | {name: value for name, value in now.items() if name not in as_sent}


def _user(call: Call, sent: Mapping[str, Any]) -> Json:
    name = _text(sent, "full_name")
    return {
        "_id": _text(sent, "_id"),
        "full_name": name,
        "full_name_unsigned": _text(sent, "full_name_unsigned") or unsigned(name),
        "email": _text(sent, "email"),
        "note": _text(sent, "note"),
        "tag": _listed(sent, "tag", _is_tag),
        "tags_view": _listed(sent, "tags_view", _is_text),
        "note_created_date": at if type(at := sent.get("note_created_date")) is int else 0,
    }


def maker(call: Call) -> Json | None:
    """Return who made the call: the agent, a bot too."""
    sent, agent = own(call).get("create_by"), call.agent
    if not isinstance(sent, dict) and (agent is None or not (agent.id or agent.name)):
        return None
    agent = agent or Agent()
    named = hex24(call, "agent", agent.id)
    known = {
        "id": named,
        "name": agent.name or "",
        "contact_id": named,
        "avatar": None,
        "gender": None,
        "uuid": agent.id or "",
        "type": "agent",
        "extension": call.extension or "",
    }
    return known | _texts(sent)


def inner_side(call: Call) -> Json | None:
    """Return whom a local call was for; no other call has one, except where OMICall itself named one."""
    sent, called = own(call).get("internal_destination"), call.to or ""
    if call.direction is not Direction.LOCAL and not isinstance(sent, dict):
        return None
    named = hex24(call, "user", called)
    known = {"id": named, "contact_id": named, "name": "", "uuid": called, "extension": called, "type": "extension"}
    return known | _texts(sent)


def customer(call: Call) -> Json | None:
    """Return the customer, None where nobody told who it is."""
    sent, told = own(call).get("customer"), call.customer or Customer()
    name = told.full or " ".join(part for part in (told.first, told.last) if part)
    if not isinstance(sent, dict) and not name and not told.id:
        return None
    known = {
        "_id": hex24(call, "customer", told.id),
        "full_name": name,
        "full_name_unsigned": unsigned(name),
        "uuid": told.id or "",
        "type": "extension" if call.direction is Direction.LOCAL else "customer",
        "extension": "",
    }
    return known | _texts(sent)


def is_bot(call: Call) -> bool:
    """Tell whether a bot spoke."""
    return call.agent is not None and call.agent.kind is AgentKind.BOT


def _texts(sent: object) -> Json:
    """Return the members of what OMICall sent that are texts: nothing else is shown as one."""
    members = sent if isinstance(sent, dict) else {}
    return {name: value for name, value in members.items() if isinstance(value, str)}


def _listed(sent: Mapping[str, Any], name: str, is_one: Callable[[Any], bool]) -> list[Any]:
    told = sent.get(name)
    return [each for each in told if is_one(each)] if isinstance(told, list) else []


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_tag(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str)


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name)
    return value if isinstance(value, str) else ""
