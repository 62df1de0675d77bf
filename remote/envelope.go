package remote

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// scriptError is a script's own word that it failed.
type scriptError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// envelope is a script's answer; see the README of assets/scripts.
type envelope struct {
	Format  int          `json:"patchdeck"`
	Nonce   string       `json:"nonce"`
	Script  string       `json:"script"`
	Version int          `json:"version"`
	OK      *bool        `json:"ok"`
	Result  any          `json:"result"` // points to a pointer, which stays nil without a result
	Error   *scriptError `json:"error"`
}

// readEnvelope finds the one answer to our nonce in what a command wrote and checks that it is from the script that was
// sent. Everything around it is noise. The result is read into result, a pointer; it says nothing before the rest of the
// envelope was checked, so it is touched last.
func readEnvelope(stdout []byte, o *order, result any) (*envelope, error) {
	line, err := between(stdout, "-----BEGIN PATCHDECK "+o.nonce+"-----", o.end())
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(line) {
		return nil, errors.New("the script's answer is not UTF-8")
	}
	read := reflect.New(reflect.TypeOf(result))
	e := envelope{Result: read.Interface()}
	err = json.Unmarshal(line, &e)
	var misfit *json.UnmarshalTypeError
	if inResult := errors.As(err, &misfit) && strings.HasPrefix(misfit.Field, "result"); err != nil && !inResult {
		return nil, fmt.Errorf("the script's answer is not readable: %w", err)
	}
	switch {
	case e.Format != 1:
		return nil, errors.New("the script's answer has an unknown format")
	case e.Nonce != o.nonce, e.Script != o.script.Name, e.Version != o.script.Version:
		return nil, errors.New("the answer is not of the script that was sent")
	case e.OK == nil, *e.OK && err == nil && read.Elem().IsNil(), !*e.OK && (e.Error == nil || !hresultForm.MatchString(e.Error.Code)):
		return nil, errors.New("the script's answer says neither result nor error")
	case *e.OK && err != nil:
		return nil, err
	case *e.OK:
		reflect.ValueOf(result).Elem().Set(read.Elem().Elem())
	}
	return &e, nil
}

// between gives the single line between two marker lines that stand in text exactly once.
func between(text []byte, begin, end string) ([]byte, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("the script gave no output")
	}
	var answer []byte
	state := 0 // 0 before the answer, 1 begin seen, 2 answer read, 3 end seen
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case string(line) == begin:
			if state != 0 {
				return nil, errors.New("the script answered twice")
			}
			state = 1
		case string(line) == end:
			if state != 2 {
				return nil, errors.New("the script's answer is damaged")
			}
			state = 3
		case state == 1:
			answer, state = line, 2
		case state == 2:
			return nil, errors.New("the script's answer is longer than its line")
		}
	}
	switch state {
	case 3:
		return answer, nil
	case 0:
		return nil, errors.New("the script's output holds no answer")
	}
	return nil, errors.New("the script's answer ends too early")
}
