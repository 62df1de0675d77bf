package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// Reference says where a password is kept. Exactly one field is set.
type Reference struct {
	Env     string   // name of an environment variable
	File    string   // path of a file that only its owner may read (0600)
	Command []string // program and arguments, run without a shell; it prints the password
}

const (
	// longest is more than any Windows password needs.
	longest = 1024
	// patience is how long a command may take when the caller's context allows more.
	patience = 15 * time.Second
)

// Given tells whether the reference names anything.
func (r Reference) Given() bool { return r.Env != "" || r.File != "" || len(r.Command) > 0 }

// Check tells whether the reference is usable as far as that can be said without reading it.
func (r Reference) Check() error {
	set := 0
	for _, has := range []bool{r.Env != "", r.File != "", len(r.Command) > 0} {
		if has {
			set++
		}
	}
	switch {
	case set == 0:
		return errors.New("no password reference: name an environment variable, a file or a command")
	case set > 1:
		return errors.New("more than one password reference: keep one of environment variable, file and command")
	case len(r.Command) > 0 && r.Command[0] == "":
		return errors.New("the password command names no program")
	}
	return nil
}

// Read gives the password. One line break at the end does not belong to it.
func (r Reference) Read(ctx context.Context) (string, error) {
	if err := r.Check(); err != nil {
		return "", err
	}
	var text, from string
	var err error
	switch {
	case r.Env != "":
		from = "the environment variable " + r.Env
		var ok bool
		if text, ok = os.LookupEnv(r.Env); !ok {
			err = errors.New("it is not set")
		}
	case r.File != "":
		from = "the password file " + r.File
		var contents []byte
		contents, err = readFile(r.File, longest+3)
		text = string(contents)
	default:
		from = "the password command " + r.Command[0]
		text, err = run(ctx, r.Command)
	}
	if err == nil {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
		err = check(text)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", from, err)
	}
	return text, nil
}

func check(password string) error {
	switch {
	case password == "":
		return errors.New("it gives an empty password")
	case len(password) > longest:
		return fmt.Errorf("it gives more than %d bytes", longest)
	case strings.ContainsAny(password, "\x00\r\n"):
		return errors.New("it gives more than one line")
	}
	return nil
}

// longestFile is more than any key, keytab or credential cache needs.
const longestFile = 1 << 20

// ReadFile gives the contents of a file that is secret as a whole, as a key, a keytab or a credential cache. Like a password's
// file it must be its owner's alone.
func ReadFile(path string) ([]byte, error) {
	contents, err := readFile(path, longestFile+1)
	switch {
	case err == nil && len(contents) == 0:
		err = errors.New("it is empty")
	case err == nil && len(contents) > longestFile:
		err = fmt.Errorf("it is longer than %d bytes", longestFile)
	}
	if err != nil {
		return nil, fmt.Errorf("the file %s: %w", path, err)
	}
	return contents, nil
}

// readFile reads the beginning of a private file, at most that many bytes.
func readFile(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, bare(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, bare(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	// Windows keeps rights in access lists, which these bits do not show.
	if open := info.Mode().Perm() & 0o077; open != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("others may use it (mode %04o): run chmod 600 on it", info.Mode().Perm())
	}
	contents, err := io.ReadAll(io.LimitReader(file, most))
	if err != nil {
		return nil, bare(err)
	}
	return contents, nil
}

// bare leaves out the path, which the caller names.
func bare(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// run starts the program as it is named; its standard error may hold secrets and is not shown.
func run(ctx context.Context, command []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var out bounded
	program := exec.CommandContext(ctx, command[0], command[1:]...)
	program.Stdout = &out
	program.WaitDelay = time.Second // a grandchild may hold the output open
	err := program.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", errors.New("it did not end in time")
	case errors.As(err, &exit):
		return "", fmt.Errorf("it ended with %s", exit.ProcessState)
	case err != nil:
		return "", err
	}
	return out.text.String(), nil
}

// bounded keeps the beginning of what is written to it and never fails, so that the writer cannot hang.
type bounded struct{ text bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if room := longest + 3 - b.text.Len(); room > 0 {
		b.text.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
