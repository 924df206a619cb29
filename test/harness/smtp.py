#!/usr/bin/python3
"""A mail server on loopback for the tests: Debian's aiosmtpd, with TLS and sign-in. What comes goes to standard output, a JSON object a
line. Lines on standard input say how to behave from then on: accept, later (451), never (550), slow (answers nothing until told)."""
import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

logging.disable()
warnings.simplefilter("ignore")
chain, key, user, password, tls = sys.argv[1:6]
mode = "accept"
changed = asyncio.Event()


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        say(rcpt=address, mode=mode)
        while mode == "slow":
            changed.clear()
            await changed.wait()
        if mode == "later":
            return "451 Come back later"
        if mode == "never":
            return "550 There is nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say(mail={"from": envelope.mail_from, "to": envelope.rcpt_tos, "headers": [[k, str(v)] for k, v in mail.items()], "text": mail.get_content(),
                  "raw": envelope.content.decode(), "tls": session.ssl is not None or tls == "tls", "user": session.auth_data.login.decode() if session.auth_data else None,
                  "ehlo": session.host_name})
        return "250 Taken"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
    say(auth=good)
    return AuthResult(success=good, handled=good, auth_data=data)


async def commands():
    global mode
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        mode = line.decode().strip()
        changed.set()
        say(mode=mode)


async def main():
    loop = asyncio.get_running_loop()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key)
    asks = {"authenticator": authenticate, "auth_required": True} if user else {}
    if tls == "starttls":
        asks |= {"tls_context": context, "require_starttls": True}
    elif user:
        asks |= {"auth_require_tls": False}  # it does not see the TLS that is around it
    server = await loop.create_server(lambda: SMTP(Handler(), loop=loop, enable_SMTPUTF8=True, ident="test", **asks), "127.0.0.1", int(sys.argv[6]),
                                      ssl=context if tls == "tls" else None)
    say(port=server.sockets[0].getsockname()[1])
    await commands()


asyncio.run(main())
