package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Installer is how a server installs an update that ships as a package, with nobody at its console. All of it is data: a plan freezes it
// with the hash of its file, so that nothing runs but what was approved.
type Installer struct {
	File      string    `json:"file"`                // a source file of the update; its ending says who runs it
	Arguments string    `json:"arguments,omitempty"` // of an .exe those that make it silent, of an .msi or .msp properties
	Exits     []Exit    `json:"exits,omitempty"`     // what its exit codes mean where that is not the usual
	Detect    Detection `json:"detect"`              // what proves that the update is there
	Remove    Remover   `json:"remove,omitzero"`
}

// Instruction is an installer as somebody described it.
type Instruction struct {
	Installer
	Why string    `json:"why"`
	By  string    `json:"by"`
	At  time.Time `json:"at"`
}

// Package is what a plan freezes of an update that servers install by themselves: the installer, and the one content that its file may have.
type Package struct {
	Installer
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size_bytes"`
}

// Remover takes a package away again. The zero Remover is none.
type Remover struct {
	Product   string `json:"product,omitempty"` // the code under which Windows Installer knows it
	Program   string `json:"program,omitempty"` // or a program on the server
	Arguments string `json:"arguments,omitempty"`
}

// Exit is what an installer means by an exit code.
type Exit struct {
	Code  int         `json:"code"`
	Means ExitMeaning `json:"means"`
}

// ExitMeaning is what became of an installation. A code without a meaning is a failure.
type ExitMeaning string

const (
	ExitSucceeded  ExitMeaning = "succeeded"
	ExitRestart    ExitMeaning = "restart"    // it succeeded, and wants a restart that we order
	ExitRestarting ExitMeaning = "restarting" // it succeeded, and began the restart itself
	ExitNothing    ExitMeaning = "nothing"    // there was nothing to do: detection says whether that is well
	ExitBusy       ExitMeaning = "busy"       // another installation was running: it is tried again
	ExitFailed     ExitMeaning = "failed"
)

// ExitMeanings are what an exit code may be said to mean.
var ExitMeanings = []ExitMeaning{ExitSucceeded, ExitRestart, ExitRestarting, ExitNothing, ExitBusy, ExitFailed}

// UsualExits are the codes of Windows Installer, which most other installers use too.
var UsualExits = []Exit{
	{0, ExitSucceeded}, {3010, ExitRestart}, {1641, ExitRestarting},
	{1638, ExitNothing}, // another version of the product is there
	{1605, ExitNothing}, // the product that was to be removed is not there
	{1618, ExitBusy},
}

// Meanings are the usual exit codes with the installer's own in their place.
func (i Installer) Meanings() []Exit {
	all := slices.Clone(i.Exits)
	for _, usual := range UsualExits {
		if !slices.ContainsFunc(i.Exits, func(own Exit) bool { return own.Code == usual.Code }) {
			all = append(all, usual)
		}
	}
	return all
}

// ParseExit reads CODE=MEANING.
func ParseExit(text string) (Exit, error) {
	code, word, _ := strings.Cut(text, "=")
	number, err := strconv.ParseInt(code, 10, 32)
	if err != nil || !slices.Contains(ExitMeanings, ExitMeaning(word)) {
		return Exit{}, fmt.Errorf("%s is no exit code with its meaning: use for instance 3=restart; meanings are %s", quote(text), joinWords(ExitMeanings))
	}
	return Exit{int(number), ExitMeaning(word)}, nil
}

// CanRemove tells whether the package can be taken away again.
func (i Installer) CanRemove() bool { return i.Remove != (Remover{}) }

// ParseRemover reads what removes a package: a product code, or the path of a program on the server.
func ParseRemover(text, arguments string) Remover {
	switch {
	case text == "":
		return Remover{Arguments: arguments}
	case strings.HasPrefix(text, "{"):
		return Remover{Product: text, Arguments: arguments}
	}
	return Remover{Program: text, Arguments: arguments}
}

// Bounds of what an installer is told.
const (
	mostArguments = 1000
	mostExits     = 50
)

// runnable are the endings of files that can be installed, with who runs them.
var runnable = map[string]string{"exe": "itself", "msi": "Windows Installer", "msp": "Windows Installer"}

// programForm is an absolute local path of a program.
var programForm = regexp.MustCompile(`^[A-Za-z]:\\[^"<>|?*\x00-\x1f]{1,240}\.exe$`)

// Check refuses an installer that no server could run, or whose success nobody could see.
func (i Installer) Check() error {
	ending := strings.ToLower(i.File[strings.LastIndexByte(i.File, '.')+1:])
	if runnable[ending] == "" {
		return fmt.Errorf("%s is not a file that installs: .exe, .msi and .msp are accepted", quote(i.File))
	}
	if ending == "exe" && i.Arguments == "" {
		return fmt.Errorf("%s needs the arguments that make it silent: a program that asks would wait for ever", quote(i.File))
	}
	for _, a := range []string{i.Arguments, i.Remove.Arguments} {
		if len(a) > mostArguments || text(a).clean(mostArguments) != a {
			return fmt.Errorf("the arguments %s: at most %d printable characters are accepted", quote(a), mostArguments)
		}
	}
	if len(i.Exits) > mostExits {
		return fmt.Errorf("%d exit codes are given, %d are enough", len(i.Exits), mostExits)
	}
	seen := map[int]bool{}
	for _, e := range i.Exits {
		if seen[e.Code] || !slices.Contains(ExitMeanings, e.Means) {
			return fmt.Errorf("exit code %d: give each code once, with a meaning of %s", e.Code, joinWords(ExitMeanings))
		}
		seen[e.Code] = true
	}
	if err := i.Detect.Check(); err != nil {
		return err
	}
	return i.Remove.check()
}

func (r Remover) check() error {
	switch {
	case r.Product != "" && r.Program != "":
		return fmt.Errorf("it is removed by a product code or by a program, not by both")
	case r.Product == "" && r.Program == "" && r.Arguments != "":
		return fmt.Errorf("the arguments %s remove nothing: name the program or the product code", quote(r.Arguments))
	case r.Product != "" && !productForm.MatchString(r.Product):
		return fmt.Errorf("%s is no product code: use {XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}", quote(r.Product))
	case r.Program != "" && !programForm.MatchString(r.Program):
		return fmt.Errorf("%s is no program on a server: use an absolute path that ends with .exe", quote(r.Program))
	}
	return nil
}

// String says what removes it.
func (r Remover) String() string {
	switch {
	case r.Product != "":
		return strings.TrimSpace("product " + r.Product + " " + r.Arguments)
	case r.Program != "":
		return strings.TrimSpace(r.Program + " " + r.Arguments)
	}
	return "nothing: it cannot be removed"
}
