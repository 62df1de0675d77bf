package catalog

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// DefaultLimit is the largest document that Import reads unless told otherwise. A month has 2 to 20 MB.
const DefaultLimit = 128 << 20

// source reads a document of bounded size, remembers its hash, and hides how its text is encoded.
type source struct {
	from  io.Reader
	hash  hash.Hash
	limit int64
	read  int64
}

// errTooLarge ends the reading of a document that exceeds its limit.
var errTooLarge = errors.New("document too large")

func newSource(r io.Reader, limit int64) *source {
	if limit <= 0 {
		limit = DefaultLimit
	}
	return &source{from: r, hash: sha256.New(), limit: limit}
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	s.hash.Write(p[:n])
	if s.read += int64(n); s.read > s.limit {
		return 0, errTooLarge
	}
	return n, err
}

func (s *source) sum() string { return fmt.Sprintf("%x", s.hash.Sum(nil)) }

// text gives the document as UTF-8 without byte order mark. PowerShell's redirection writes UTF-16, so that is read too.
func (s *source) text() (*bufio.Reader, error) {
	buffered := bufio.NewReaderSize(s, 64<<10)
	mark, err := buffered.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		buffered.Discard(3)
	case bytes.HasPrefix(mark, []byte("\xff\xfe")):
		buffered.Discard(2)
		return bufio.NewReaderSize(&utf16Reader{from: buffered, order: binary.LittleEndian}, 64<<10), nil
	case bytes.HasPrefix(mark, []byte("\xfe\xff")):
		buffered.Discard(2)
		return bufio.NewReaderSize(&utf16Reader{from: buffered, order: binary.BigEndian}, 64<<10), nil
	}
	return buffered, nil
}

// utf16Reader turns UTF-16 into UTF-8. Lone surrogates become the replacement character.
type utf16Reader struct {
	from  *bufio.Reader
	order binary.ByteOrder
	ahead []byte // UTF-8 bytes that did not fit the caller's buffer
	last  [utf8.UTFMax]byte
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	filled := copy(p, u.ahead)
	u.ahead = u.ahead[filled:]
	for filled < len(p) {
		r, err := u.rune()
		if err != nil {
			if filled > 0 && errors.Is(err, io.EOF) {
				return filled, nil
			}
			return filled, err
		}
		encoded := utf8.AppendRune(u.last[:0], r)
		n := copy(p[filled:], encoded)
		filled += n
		u.ahead = encoded[n:]
	}
	return filled, nil
}

func (u *utf16Reader) rune() (rune, error) {
	first, err := u.unit()
	if err != nil || !utf16.IsSurrogate(first) {
		return first, err
	}
	next, err := u.from.Peek(2)
	if err != nil {
		return utf8.RuneError, nil
	}
	pair := utf16.DecodeRune(first, rune(u.order.Uint16(next)))
	if pair != utf8.RuneError {
		u.from.Discard(2)
	}
	return pair, nil
}

func (u *utf16Reader) unit() (rune, error) {
	var unit [2]byte
	_, err := io.ReadFull(u.from, unit[:])
	return rune(u.order.Uint16(unit[:])), err
}
