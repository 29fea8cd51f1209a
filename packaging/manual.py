# SPDX-License-Identifier: Apache-2.0
"""Writes webhook-fcgi(1): the commands as the program describes them, the rest from the README's tables.

    webhook-fcgi --experimental-dump-help | manual.py README.md CHANGELOG.md
"""

import datetime
import json
import re
import sys
import textwrap

FILES = [
    ("/etc/webhook-fcgi/config.yaml", "The settings."),
    ("/etc/default/webhook-fcgi", "Environment of the service."),
    ("/run/webhook-fcgi/webhook-fcgi.sock", "The socket between nginx and the program."),
    ("/var/lib/webhook-fcgi/outbox.sqlite", "What is accepted and not refreshed yet, and the log of deliveries."),
    ("/var/lib/webhook-fcgi/journal-*", "Deliveries of a rush that are not in the log yet."),
]


def escaped(text):
    """Plain text for a line of its own, or a word in one."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in ".'" else text


def prose(text):
    """Markdown's code in bold; each sentence on lines of its own, as mdoc(7) wants it."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)
    lines = []
    for sentence in re.split(r"(?<=[.!?:])\s+(?=[A-Z])", " ".join(text.split())):
        for line in textwrap.wrap(sentence, 70, break_long_words=False, break_on_hyphens=False):
            lines.append(line)
    # Bold is switched line by line, so that a line break within code does no harm.
    result, bold = [], False
    for line in lines:
        out = "\\fB" if bold else ""
        for index, part in enumerate(line.split("`")):
            if index:
                bold = not bold
                out += "\\fB" if bold else "\\fR"
            out += escaped(part)
        result.append(out + ("\\fR" if bold else ""))
    return [("\\&" + line) if line.startswith(("'", ".")) else line for line in result]


def literal(lines):
    return [".Bd -literal -offset indent", *[escaped(line) for line in lines], ".Ed"]


def blocks(discussion):
    """What a discussion says, by its headings; under None what stands before the first."""
    found, heading = {None: []}, None
    for line in (discussion or "").split("\n"):
        match = re.fullmatch(r"([A-Z][A-Z ]+):", line)
        if match:
            heading = match[1]
            found[heading] = []
        else:
            found[heading].append(line)
    return {name: "\n".join(lines).strip("\n") for name, lines in found.items()}


def paragraphs(text):
    """Paragraphs as prose; what is indented as it is."""
    lines = []
    for index, paragraph in enumerate(part for part in text.split("\n\n") if part.strip()):
        if index:
            lines.append(".Pp")
        if any(line.startswith("  ") for line in paragraph.split("\n")):
            lines += literal(textwrap.dedent(paragraph).split("\n"))
        else:
            lines += prose(paragraph)
    return lines


def option_name(name):
    return f"Fl {escaped(name['name']) if name['kind'] != 'long' else '-' + escaped(name['name'])}"


def item(argument):
    value = escaped(argument.get("valueName", "value"))
    dots = " Ns ..." if argument["isRepeating"] else ""
    if argument["kind"] == "positional":
        return f".It Ar {value}{dots}"
    names = " , ".join(option_name(name) for name in argument["names"])
    return f".It {names}" + (f" Ar {value}{dots}" if argument["kind"] == "option" else "")


def described(arguments):
    lines = [".Bl -tag -width Ds"]
    for argument in arguments:
        text = argument.get("abstract", "")
        if argument.get("allValues"):
            text += f" One of: {', '.join(argument['allValues'])}."
        if argument.get("defaultValue"):
            text += f" The default is `{argument['defaultValue']}`."
        lines += [item(argument), *prose(text or "See above.")]
    return lines + [".El"]


def synopsis(argument):
    value = escaped(argument.get("valueName", "value"))
    dots = " ..." if argument["isRepeating"] else ""
    if argument["kind"] == "positional":
        return f".Op Ar {value}{dots}" if argument["isOptional"] else f".Ar {value}{dots}"
    text = option_name(argument["preferredName"]) + (f" Ar {value}{dots}" if argument["kind"] == "option" else "")
    return f".Op {text}" if argument["isOptional"] else f".{text}"


def commands(command, path=()):
    """Every command that does something itself, with the words that call it."""
    for child in command.get("subcommands", []):
        if child["commandName"] == "help" or not child.get("shouldDisplay", True):
            continue
        words = (*path, child["commandName"])
        yield from commands(child, words)
        if not child.get("subcommands") or child.get("defaultSubcommand"):
            yield words, child


def shown(command):
    return [argument for argument in command.get("arguments", []) if argument.get("shouldDisplay", True)]


def table(readme, header):
    """The rows of the README's table under this header line, as lists of cells."""
    lines = readme.split("\n")
    first = lines.index(header) + 2
    rows = []
    for line in lines[first:]:
        if not line.startswith("|"):
            return rows
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])


def main():
    readme = open(sys.argv[1], encoding="utf-8").read()
    changes = open(sys.argv[2], encoding="utf-8").read()
    root = json.load(sys.stdin)["command"]
    day = datetime.date.fromisoformat(re.search(r"^## \[[0-9.]+\] - (\S+)$", changes, re.MULTILINE)[1])
    version = re.search(r"^## \[([0-9.]+)\]", changes, re.MULTILINE)[1]
    every = list(commands(root))
    key = lambda argument: (argument.get("abstract"), str(argument.get("names")))
    common = [
        argument
        for argument in shown(every[0][1])
        if all(key(argument) in map(key, shown(command)) for _, command in every)
    ]
    common_keys = set(map(key, common))
    about = blocks(root.get("discussion"))

    out = [
        '.\\" Written by packaging/manual.py.',
        f".Dd {day:%B} {day.day}, {day.year}",
        ".Dt WEBHOOK-FCGI 1",
        f".Os webhook-fcgi {version}",
        ".Sh NAME",
        ".Nm webhook-fcgi",
        f".Nd {root['abstract'][0].lower()}{escaped(root['abstract'][1:].rstrip('.'))}",
        ".Sh SYNOPSIS",
    ]
    for words, command in every:
        out += [".Nm", f".Cm {escaped(' '.join(words))}"]
        out += [synopsis(argument) for argument in shown(command) if key(argument) not in common_keys]
    out += [".Sh DESCRIPTION"]
    out += prose(readme.split("\n\n")[1])
    out += paragraphs(about[None])
    out += [".Pp", "Every command takes"] + described(common)
    out += [".Sh COMMANDS"]
    for words, command in every:
        out += [f".Ss {escaped(' '.join(words))}", *prose(command.get("abstract", ""))]
        parts = blocks(command.get("discussion"))
        text = paragraphs(parts.pop(None))
        out += [".Pp", *text] if text else []
        own = [argument for argument in shown(command) if key(argument) not in common_keys]
        out += described(own) if own else []
        for heading, body in parts.items():
            out += [".Pp", f"{heading.capitalize()}:", *literal(textwrap.dedent(body).split("\n"))]
    out += [".Sh SETTINGS"]
    out += prose(
        "The settings file is YAML. An unknown key is an error. Each setting may be given in the environment instead, "
        "which overrides the file; an empty variable counts as unset."
    )
    out += [".Bl -tag -width Ds"]
    for path, default, environment, text in table(readme, "| setting | default | environment | what it is |"):
        kind = {"required": "Required.", "none": ""}.get(default, f"The default is {default}.")
        out += [f".It Li {escaped(path.strip('`'))} , Ev {environment.strip('`')}"]
        out += prose(f"{text.rstrip('.')}. {kind}")
    out += [".El", ".Sh SIGNALS", ".Bl -tag -width Ds"]
    for signals, effect in table(readme, "| signal | effect |"):
        out += [f".It Dv {' , '.join(signals.split(', '))}"]
        out += prose(effect[0].upper() + effect[1:].rstrip(".") + ".")
    out += [".El", ".Sh ENVIRONMENT", ".Bl -tag -width Ds", ".It Ev WEBHOOK_FCGI_CONFIG"]
    out += prose("The settings file, where `--config` does not name it.")
    out += [".It Ev KUBECONFIG", *prose("The kubeconfig, where the settings do not name one.")]
    out += [".El", "The settings' variables are above."]
    out += [".Sh FILES", ".Bl -tag -width Ds"]
    for path, text in FILES:
        out += [f".It Pa {path}", *prose(text)]
    out += [".El", ".Sh EXIT STATUS"]
    out += prose(" ".join(about.get("EXIT CODES", "").split()))
    if about.get("EXAMPLES"):
        out += [".Sh EXAMPLES", *literal(textwrap.dedent(about["EXAMPLES"]).split("\n"))]
    out += [".Sh SEE ALSO", ".Xr spawn\\-fcgi 1 ,", ".Xr nginx 8 ,", ".Xr webhook\\-fcgi\\-spawn 8"]
    print("\n".join(line for line in out if line))


main()
