"""The OpenAPI 3.1 document of the intake API, made of the schemas its requests are checked with."""

from functools import cache
from typing import Any

from dashboard.text import text
from dashboard.web import api_schema as schema
from dashboard.web.api_problems import KINDS, MEDIA_TYPE

VERSION = "1.0.0"
_JSON = "application/json"
#: What any request with a key may be answered.
_ALWAYS = (400, 401, 403, 404, 405, 429, 500, 503)


@cache
def document(language: str) -> dict[str, Any]:
    """The document with its sentences in `language`."""

    def say(name: str) -> str:
        return text(language, f"api.doc_{name}")

    def answer(name: str, what: str, **headers: Any) -> dict[str, Any]:
        content = {_JSON: {"schema": _ref(name)}}
        return {"description": say(what), "content": content} | ({"headers": headers} if headers else {})

    def problems(*more: int) -> dict[str, Any]:
        return {str(status): _ref(f"P{status}", "responses") for status in sorted({*_ALWAYS, *more})}

    def operation(name: str, good: dict[str, Any], *more: int, **values: Any) -> dict[str, Any]:
        answers = good | problems(*more)
        return {"operationId": name, "summary": say(name), "security": [{"key": []}], "responses": answers} | values

    location = {"description": say("location"), "required": True, "schema": {"type": "string"}}
    order = {"required": True, "content": {_JSON: {"schema": _ref("Order")}}}
    code = _parameter("code", "path", {"type": "string", "minLength": 1, "maxLength": 40}, say("code"))
    # The characters are those of a device's code; see services/device_calls.py.
    device_code = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"}
    device = _parameter("id", "path", device_code, say("device"))
    return {
        "openapi": "3.1.0",
        "info": {"title": say("title"), "version": VERSION, "description": say("about")},
        "paths": {
            "/api/v1/needs": {
                "post": operation(
                    "send_in",
                    {"201": answer("Taken", "taken", Location=location)},
                    409,
                    413,
                    415,
                    422,
                    parameters=[_idempotency(say("idempotency"), required=True)],
                    requestBody=order,
                )
            },
            "/api/v1/needs/{code}": {"get": operation("show_need", {"200": answer("Need", "need")}, parameters=[code])},
            "/api/v1/devices/{id}/call": {
                "post": operation(
                    "press",
                    {
                        "200": answer("Called", "called_again", Location=location),
                        "201": answer("Called", "called", Location=location),
                    },
                    409,
                    422,
                    parameters=[device, _idempotency(say("idempotency"), required=False)],
                )
            },
            "/api/v1/openapi.json": {
                "get": {
                    "operationId": "show_document",
                    "summary": say("show_document"),
                    "security": [],
                    "responses": {
                        "200": {"description": say("show_document"), "content": {_JSON: {"schema": {"type": "object"}}}}
                    }
                    | {str(status): _ref(f"P{status}", "responses") for status in (405, 500)},
                }
            },
        },
        "components": {
            "schemas": {
                "Order": schema.ORDER,
                "Taken": schema.TAKEN,
                "Need": schema.NEED,
                "Called": schema.CALLED,
                "Problem": schema.PROBLEM,
            },
            "responses": {f"P{status}": _problem(language, status) for status in KINDS},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": say("key")}},
        },
    }


def _ref(name: str, kind: str = "schemas") -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _parameter(name: str, where: str, shape: dict[str, Any], words: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "description": words, "schema": shape}


def _idempotency(words: str, *, required: bool) -> dict[str, Any]:
    shape = {"type": "string", "pattern": "^[!-~]{1,128}$"}
    return _parameter("Idempotency-Key", "header", shape, words, required=required)


def _problem(language: str, status: int) -> dict[str, Any]:
    headers = {
        401: {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}},
        405: {"Allow": {"required": True, "schema": {"type": "string"}}},
        429: {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}},
        503: {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}},
    }.get(status, {})
    content = {MEDIA_TYPE: {"schema": _ref("Problem")}}
    return {"description": text(language, f"api.title_{KINDS[status]}"), "content": content, "headers": headers}
