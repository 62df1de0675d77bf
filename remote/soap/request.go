package soap

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"time"
)

// Action names what a request asks of the remote shell; it is the key of the table below.
type Action int

const (
	Create  Action = iota // open a shell
	Command               // start a command in the shell
	Send                  // give the command standard input
	Receive               // wait for output of the command
	Signal                // end the command and release its place in the shell
	Delete                // close the shell
)

const (
	transfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer/"
	shell    = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
)

// actions holds what differs between requests: the address of the action and the options in the header.
var actions = [...]struct{ name, uri, options string }{
	Create: {"Create", transfer + "Create",
		`<w:Option Name="WINRS_NOPROFILE">FALSE</w:Option><w:Option Name="WINRS_CODEPAGE">65001</w:Option>`},
	Command: {"Command", shell + "/Command",
		`<w:Option Name="WINRS_CONSOLEMODE_STDIN">FALSE</w:Option><w:Option Name="WINRS_SKIP_CMD_SHELL">FALSE</w:Option>`},
	Send:    {"Send", shell + "/Send", ""},
	Receive: {"Receive", shell + "/Receive", ""},
	Signal:  {"Signal", shell + "/Signal", ""},
	Delete:  {"Delete", transfer + "Delete", ""},
}

func (a Action) String() string { return actions[a].name }

// Answers tells whether uri is the action of a successful reply to a.
func (a Action) Answers(uri string) bool { return uri == actions[a].uri+"Response" }

// MaxEnvelope is the size of a reply that we ask the server to keep to, in bytes; every supported Windows allows it.
const MaxEnvelope = 153600

// Request is one message to a server. Fields that its action does not use are ignored.
type Request struct {
	Action    Action
	To        string        // URL of the service
	MessageID string        // from NewMessageID
	Timeout   time.Duration // how long the server may take before it answers "timed out"; at least 500 ms, at most 60 s
	ShellID   string        // the shell; for Create the name that we propose, from NewID, or empty
	CommandID string        // Send, Receive, Signal
	Line      string        // Command: the whole command line
	Idle      time.Duration // Create: the server closes the shell when nobody used it for so long
	Input     []byte        // Send
	End       bool          // Send: no input comes after this
}

// NewMessageID makes a random id for one request.
func NewMessageID() string { return "uuid:" + NewID() }

// NewID makes a random id in the form that Windows gives to shells.
func NewID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: the runtime ends the process instead
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	id := make([]byte, 0, 36)
	for i, part := range [...][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
		if i > 0 {
			id = append(id, '-')
		}
		id = hex.AppendEncode(id, part)
	}
	return string(id)
}

const (
	opening = `<?xml version="1.0" encoding="utf-8"?>` +
		`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"` +
		` xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"` +
		` xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"` +
		` xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"` +
		` xmlns:rsp="` + shell + `"><s:Header><a:To>`
	afterTo = `</a:To><a:ReplyTo><a:Address s:mustUnderstand="true">` +
		`http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>` +
		`<w:MaxEnvelopeSize s:mustUnderstand="true">`
	afterSize = `</w:MaxEnvelopeSize><w:Locale s:mustUnderstand="false" xml:lang="en-US"/>` +
		`<p:DataLocale s:mustUnderstand="false" xml:lang="en-US"/>` +
		`<w:ResourceURI s:mustUnderstand="true">` + shell + `/cmd</w:ResourceURI><w:OperationTimeout>`
	afterTimeout = `</w:OperationTimeout><a:MessageID>`
	afterID      = `</a:MessageID><a:Action s:mustUnderstand="true">`
	afterAction  = `</a:Action>`
)

// Append writes the envelope of r behind dst.
func (r *Request) Append(dst []byte) []byte {
	action := &actions[r.Action]
	dst = appendText(append(dst, opening...), r.To)
	dst = strconv.AppendInt(append(dst, afterTo...), MaxEnvelope, 10)
	dst = appendSeconds(append(dst, afterSize...), r.Timeout)
	dst = appendText(append(dst, afterTimeout...), r.MessageID)
	dst = append(append(dst, afterID...), action.uri...)
	dst = append(dst, afterAction...)
	if r.Action != Create {
		dst = append(dst, `<w:SelectorSet><w:Selector Name="ShellId">`...)
		dst = append(appendText(dst, r.ShellID), `</w:Selector></w:SelectorSet>`...)
	}
	if action.options != "" {
		dst = append(append(append(dst, `<w:OptionSet>`...), action.options...), `</w:OptionSet>`...)
	}
	dst = r.appendBody(append(dst, `</s:Header><s:Body>`...))
	return append(dst, `</s:Body></s:Envelope>`...)
}

func (r *Request) appendBody(dst []byte) []byte {
	switch r.Action {
	case Create:
		dst = append(dst, `<rsp:Shell`...)
		if r.ShellID != "" {
			dst = append(appendText(append(dst, ` ShellId="`...), r.ShellID), '"')
		}
		dst = appendSeconds(append(dst, `><rsp:IdleTimeOut>`...), r.Idle)
		return append(dst, `</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams>`+
			`<rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>`...)
	case Command:
		dst = append(dst, `<rsp:CommandLine><rsp:Command>`...)
		return append(appendText(dst, r.Line), `</rsp:Command></rsp:CommandLine>`...)
	case Send:
		dst = append(dst, `<rsp:Send><rsp:Stream Name="stdin" CommandId="`...)
		dst = append(appendText(dst, r.CommandID), '"')
		if r.End {
			dst = append(dst, ` End="true"`...)
		}
		dst = base64.StdEncoding.AppendEncode(append(dst, '>'), r.Input)
		return append(dst, `</rsp:Stream></rsp:Send>`...)
	case Receive:
		dst = append(dst, `<rsp:Receive><rsp:DesiredStream CommandId="`...)
		return append(appendText(dst, r.CommandID), `">stdout stderr</rsp:DesiredStream></rsp:Receive>`...)
	case Signal:
		dst = append(dst, `<rsp:Signal CommandId="`...)
		return append(appendText(dst, r.CommandID), `"><rsp:Code>`+shell+`/signal/terminate</rsp:Code></rsp:Signal>`...)
	default: // Delete has an empty body
		return dst
	}
}

// appendText escapes what markup would take for its own, in elements and attributes alike.
func appendText(dst []byte, text string) []byte {
	plain := 0 // where the run of characters begins that stay what they are
	for i := 0; i < len(text); i++ {
		var escaped string
		switch text[i] {
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		case '&':
			escaped = "&amp;"
		case '"':
			escaped = "&quot;"
		default:
			continue
		}
		dst = append(append(dst, text[plain:i]...), escaped...)
		plain = i + 1
	}
	return append(dst, text[plain:]...)
}

// appendSeconds writes a duration as WS-Management does, in seconds with milliseconds: PT20.000S.
func appendSeconds(dst []byte, d time.Duration) []byte {
	dst = strconv.AppendFloat(append(dst, "PT"...), d.Seconds(), 'f', 3, 64)
	return append(dst, 'S')
}
