package simulator

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"path"
	"strings"
	"unicode/utf16"

	"patchdeck/assets"
	"patchdeck/remote/simulator/wsman"
)

// Run executes one command line: the bootstrap with a script of ours, or one of a few programs that other people's
// clients try first. Everything else fails as cmd.exe or PowerShell would; nothing is ever executed here.
func (h *host) Run(ctx context.Context, command wsman.Command) wsman.Exit {
	if call := h.Converse(command.Line, command.User); call != nil {
		return call(ctx, command.Stdin)
	}
	program, arguments := splitProgram(command.Line)
	if program == "" {
		return wsman.Exit{}
	}
	if program == "powershell" {
		return h.powershell(command.User, arguments, command.Stdin)
	}
	if run, ok := programs[program]; ok {
		return wsman.Exit{Stdout: []byte(run(h, command.User, arguments) + "\r\n")}
	}
	return wsman.Exit{Code: 1, Stderr: fmt.Appendf(nil,
		"'%s' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n", program)}
}

// bootstrapLine is what our own client sends, every time: it is recognised without being taken apart.
var bootstrapLine, bootstrap = assets.BootstrapCommandLine(), assets.Bootstrap()

// Converse starts the bootstrap, which answers line by line.
func (h *host) Converse(line, _ string) wsman.Conversation {
	if line != bootstrapLine && !startsBootstrap(line) {
		return nil
	}
	return (&process{host: h}).answer
}

func startsBootstrap(line string) bool {
	program, arguments := splitProgram(line)
	return program == "powershell" && scriptOf(arguments) == bootstrap
}

// NeedsInput tells which command lines read standard input to its end: those that start Ansible's modules.
func (h *host) NeedsInput(line string) bool {
	program, arguments := splitProgram(line)
	return program == "powershell" && readsAnsibleModule(scriptOf(arguments))
}

var programs = map[string]func(h *host, user, arguments string) string{
	"hostname": func(h *host, _, _ string) string { return h.name },
	"whoami":   func(_ *host, user, _ string) string { return strings.ToLower(netbiosDomain + `\` + user) },
	"echo":     func(_ *host, _, arguments string) string { return arguments },
	"ver": func(h *host, _, _ string) string {
		h.enter()
		defer h.mu.Unlock()
		return "\r\nMicrosoft Windows [Version " + h.product.buildString(h.system.ubr) + "]"
	},
}

const netbiosDomain = "CORP"

// splitProgram takes a command line apart into the program, without folder and .exe and in lower case, and the rest.
func splitProgram(line string) (program, arguments string) {
	line = strings.TrimSpace(line)
	if quoted, ok := strings.CutPrefix(line, `"`); ok {
		program, arguments, _ = strings.Cut(quoted, `"`)
	} else {
		program, arguments, _ = strings.Cut(line, " ")
	}
	if program == "" {
		return "", arguments
	}
	program = path.Base(strings.ReplaceAll(strings.ToLower(program), `\`, "/"))
	return strings.TrimSuffix(program, ".exe"), strings.TrimSpace(arguments)
}

func (h *host) powershell(user, arguments string, stdin []byte) wsman.Exit {
	script := scriptOf(arguments)
	program, rest := splitProgram(script)
	_, known := programs[program]
	switch {
	case readsAnsibleModule(script):
		return runAnsibleModule(stdin)
	case known && program != "ver" && !strings.ContainsAny(rest, "\n;|&"): // PowerShell starts the program and passes its output on
		return wsman.Exit{Stdout: []byte(programs[program](h, user, rest) + "\r\n")}
	}
	return powershellError(fmt.Sprintf("The term '%s' is not recognized as the name of a cmdlet, function, script file, or operable program.", firstWord(script)))
}

// scriptOf is what PowerShell is to run. A script that does nothing but start PowerShell with another one, as Ansible's do,
// is that other one.
func scriptOf(arguments string) string {
	script, ok := encodedCommand(arguments)
	if !ok {
		return arguments
	}
	if program, inner := splitProgram(script); program == "powershell" {
		if nested, ok := encodedCommand(inner); ok {
			return nested
		}
	}
	return script
}

// encodedCommand is the script of -EncodedCommand, which PowerShell lets people shorten.
func encodedCommand(arguments string) (script string, ok bool) {
	fields := strings.Fields(arguments)
	for i, f := range fields[:max(len(fields)-1, 0)] {
		option := strings.ToLower(f)
		if len(option) >= 2 && (strings.HasPrefix("-encodedcommand", option) || option == "-ec") {
			return decodeUTF16(fields[i+1])
		}
	}
	return "", false
}

func decodeUTF16(encoded string) (string, bool) {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw)%2 != 0 {
		return "", false
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i]) | uint16(raw[2*i+1])<<8
	}
	return string(utf16.Decode(units)), true
}

func firstWord(script string) string {
	const longest = 60
	word, _, _ := strings.Cut(strings.TrimSpace(script), " ")
	if runes := []rune(word); len(runes) > longest {
		word = string(runes[:longest])
	}
	return word
}

// powershellError is how Windows PowerShell ends with an error when its error stream is redirected: exit code 1 and the
// message as CLIXML.
func powershellError(message string) wsman.Exit {
	var text strings.Builder
	text.WriteString(`<S S="Error">`)
	if err := xml.EscapeText(&text, []byte(message)); err != nil {
		return wsman.Exit{Code: 1}
	}
	text.WriteString("_x000D__x000A_</S>")
	return wsman.Exit{Code: 1, Stderr: []byte(clixml(text.String()))}
}
