package desk

import (
	"net"
	"strings"
)

// Outside writes words of the command line as the person types them in a shell where they sit: through SSH, to the address that they came
// to, or on the console's own machine.
func (d *Desk) Outside(words string) string {
	host, port, err := net.SplitHostPort(d.Address)
	if err != nil {
		return "patchdeck " + words
	}
	who := ""
	if d.Actor.Name != "" && !strings.ContainsFunc(d.Actor.Name, func(r rune) bool { return !strings.ContainsRune(plainWord, r) }) {
		who = d.Actor.Name + "@"
	}
	return "ssh -p " + port + " " + who + host + " " + words
}

// plainWord are characters that no shell reads as anything else.
const plainWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
