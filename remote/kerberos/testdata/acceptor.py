"""A service that speaks Kerberos through MIT's own library. Standard input holds one word and one base64 text a line:

accept TOKEN    begins a login; the answer is the token for the client
open TOKEN      opens a sealed message; the answer is its text
seal TEXT       seals a message; the answer is the token

The key comes from the keytab that KRB5_KTNAME names.
"""
import base64
import sys

import gssapi

context = None
for line in sys.stdin:
    word, _, text = line.strip().partition(" ")
    given = base64.b64decode(text)
    try:
        if word == "accept":
            context = gssapi.SecurityContext(creds=gssapi.Credentials(usage="accept"), usage="accept")
            answer = context.step(given)
        elif word == "open":
            answer, sealed, _ = context.unwrap(given)
            if not sealed:
                raise RuntimeError("not sealed")
        else:
            answer, _ = context.wrap(given, True)
        print("ok", base64.b64encode(answer).decode(), flush=True)
    except Exception as error:
        print("error", base64.b64encode(str(error).encode()).decode(), flush=True)
