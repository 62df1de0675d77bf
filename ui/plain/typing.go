package plain

import (
	"bufio"
	"context"
	"io"
	"unicode"
)

// mostTyped bounds one typed line, in bytes.
const mostTyped = 4096

// readLines gives the lines that are typed, and closes the channel at the end of the input. It ends with the input: a session closes its
// channel when it is over.
func readLines(ctx context.Context, o Options, to chan<- string) {
	defer close(to)
	in := bufio.NewReaderSize(o.In, mostTyped)
	for {
		line, err := readLine(in, o)
		if line != "" || err == nil {
			select {
			case to <- line:
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Keys of a raw terminal that edit the line.
const (
	endOfText = 3  // ctrl+c leaves, as the end of input does
	endOfFile = 4  // ctrl+d
	backspace = 8  // and 127
	eraseLine = 21 // ctrl+u
	escape    = 27
	erase     = 127
)

// readLine reads one line. In a raw terminal it writes what is typed, for nobody else does.
func readLine(in *bufio.Reader, o Options) (string, error) {
	var line []rune
	echo := func(text string) {
		if o.Raw {
			_, _ = io.WriteString(o.Out, text)
		}
	}
	for {
		r, n, err := in.ReadRune()
		switch {
		case err != nil:
			return string(line), err
		case r == '\r' && o.Raw, r == '\n':
			echo("\n")
			return string(line), nil
		case o.Raw && (r == endOfText || r == endOfFile):
			echo("\n")
			return "", io.EOF
		case r == backspace || r == erase:
			if len(line) > 0 {
				line = line[:len(line)-1]
				echo("\b \b")
			}
		case r == eraseLine:
			for range line {
				echo("\b \b")
			}
			line = line[:0]
		case r == escape:
			skipSequence(in)
		case unicode.IsPrint(r) && len(string(line))+n <= mostTyped:
			line = append(line, r)
			echo(string(r))
		}
	}
}

// skipSequence drops what an arrow or function key sends after its escape, as far as it has arrived.
func skipSequence(in *bufio.Reader) {
	for in.Buffered() > 0 {
		b, err := in.ReadByte()
		if err != nil || b >= '@' && b <= '~' && b != '[' && b != 'O' {
			return
		}
	}
}
