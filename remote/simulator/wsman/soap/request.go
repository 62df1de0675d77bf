package soap

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Request is one WS-Management request of the remote shell. Fields that a request does not have are empty.
type Request struct {
	Action      string // the whole URI
	MessageID   string
	ResourceURI string
	ShellID     string // the selector, or the identifier a client proposes in Create
	Identify    bool   // an Identify request, which has no header

	OperationTimeout time.Duration // zero when the client names none
	MaxEnvelope      int           // bytes; zero when the client names none
	Options          map[string]string

	IdleTimeout   time.Duration // Create
	CommandID     string        // Receive, Send, Signal; in Command what the client proposes
	Command       string
	Arguments     []string
	Input         []byte // Send, decoded
	InputEnds     bool
	SignalCode    string
	DesiredStream string
}

// Namespace of SOAP 1.2, which every envelope must be in.
const envelopeNamespace = "http://www.w3.org/2003/05/soap-envelope"

// ErrInvalidTimeout says that OperationTimeout is no positive duration.
var ErrInvalidTimeout = errors.New("OperationTimeout is not a positive duration")

const (
	maxOptions   = 64
	maxArguments = 256
)

// Parse reads one request. The result does not point into body.
func Parse(body []byte) (*Request, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(body) {
		return nil, errors.New("the request is not UTF-8")
	}
	p := parser{scanner: scanner{data: body}, request: &Request{}}
	for {
		event, err := p.scanner.next()
		if err != nil {
			return nil, err
		}
		switch event.kind {
		case startOf:
			err = p.start(string(event.name))
		case textOf:
			p.add(event.text)
		case endOf:
			err = p.end(string(event.name))
			p.text = nil
		case endOfDocument:
			return p.finish()
		}
		if err != nil {
			return nil, err
		}
	}
}

// parser turns the scanner's events into a Request.
type parser struct {
	scanner scanner
	request *Request
	text    []byte // of the innermost element, so far
	copied  bool   // text is a copy, not a part of the document
	key     string // Name of the selector, option or stream at hand
	ends    bool   // the stream at hand says End
}

func (p *parser) start(name string) error {
	p.text = nil
	if p.scanner.depth == 1 {
		return p.root(name)
	}
	switch name {
	case "Selector", "Option":
		p.key = string(p.scanner.value("Name"))
	case "Stream":
		p.key = string(p.scanner.value("Name"))
		p.ends = string(p.scanner.value("End")) == "true"
		p.command()
	case "DesiredStream", "Signal", "CommandLine":
		p.command()
	case "Shell":
		if id := p.scanner.value("ShellId"); id != nil {
			p.request.ShellID = string(id)
		}
	case "Identify":
		p.request.Identify = p.scanner.depth == 3
	}
	return nil
}

// add copies only where a text comes in several pieces.
func (p *parser) add(more []byte) {
	if len(p.text) == 0 {
		p.text, p.copied = more, false
		return
	}
	if !p.copied {
		p.text, p.copied = bytes.Clone(p.text), true
	}
	p.text = append(p.text, more...)
}

func (p *parser) root(name string) error {
	if name != "Envelope" {
		return fmt.Errorf("the document is <%s>, not a SOAP envelope", name)
	}
	for _, attribute := range p.scanner.attributes {
		if string(attribute.value) == envelopeNamespace {
			return nil
		}
	}
	return errors.New("the envelope is not SOAP 1.2")
}

func (p *parser) command() {
	if id := p.scanner.value("CommandId"); id != nil {
		p.request.CommandID = string(id)
	}
}

// end stores the text of a finished element.
func (p *parser) end(name string) (err error) {
	r := p.request
	switch name {
	case "Action":
		r.Action = p.trimmed()
	case "MessageID":
		r.MessageID = p.trimmed()
	case "ResourceURI":
		r.ResourceURI = p.trimmed()
	case "OperationTimeout":
		if r.OperationTimeout, err = ParseDuration(p.trimmed()); err != nil || r.OperationTimeout <= 0 {
			return ErrInvalidTimeout
		}
	case "IdleTimeOut":
		r.IdleTimeout, err = idleTimeout(p.trimmed())
	case "MaxEnvelopeSize":
		r.MaxEnvelope, err = strconv.Atoi(p.trimmed())
	case "Selector":
		if strings.EqualFold(p.key, "ShellId") {
			r.ShellID = p.trimmed()
		}
	case "Option":
		err = p.option()
	case "Command":
		r.Command = string(p.text)
	case "Arguments":
		if len(r.Arguments) == maxArguments {
			return fmt.Errorf("more than %d arguments", maxArguments)
		}
		r.Arguments = append(r.Arguments, string(p.text))
	case "Stream":
		err = p.stream()
	case "Code":
		r.SignalCode = p.trimmed()
	case "DesiredStream":
		r.DesiredStream = p.trimmed()
	}
	return err
}

func (p *parser) trimmed() string { return string(bytes.TrimSpace(p.text)) }

func (p *parser) option() error {
	if len(p.request.Options) == maxOptions {
		return fmt.Errorf("more than %d options", maxOptions)
	}
	if p.request.Options == nil {
		p.request.Options = make(map[string]string, 2)
	}
	p.request.Options[p.key] = p.trimmed()
	return nil
}

func (p *parser) stream() error {
	if p.key != "stdin" {
		return fmt.Errorf("stream %q takes no input", p.key)
	}
	encoded := bytes.TrimSpace(p.text)
	from := len(p.request.Input)
	p.request.Input = append(p.request.Input, make([]byte, base64.StdEncoding.DecodedLen(len(encoded)))...)
	length, err := base64.StdEncoding.Decode(p.request.Input[from:], encoded)
	if err != nil {
		return errors.New("the input stream is not base64")
	}
	p.request.Input = p.request.Input[:from+length]
	p.request.InputEnds = p.request.InputEnds || p.ends
	return nil
}

func (p *parser) finish() (*Request, error) {
	if p.request.Action == "" && !p.request.Identify {
		return nil, errors.New("the request has no Action")
	}
	return p.request, nil
}

// Flag reads a boolean option; given is false when the client does not name it.
func (r *Request) Flag(option string) (value, given bool) {
	text, given := r.Options[option]
	return strings.EqualFold(text, "true") || text == "1", given
}

func idleTimeout(text string) (time.Duration, error) {
	idle, err := ParseDuration(text)
	if err != nil || idle <= 0 {
		return 0, errors.New("IdleTimeOut is not a positive duration")
	}
	return idle, nil
}
