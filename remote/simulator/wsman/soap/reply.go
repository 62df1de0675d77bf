package soap

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// URIs of requests and replies.
const (
	TransferNamespace = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
	ShellNamespace    = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
	CommandResource   = ShellNamespace + "/cmd"

	ActionCreate  = TransferNamespace + "/Create"
	ActionDelete  = TransferNamespace + "/Delete"
	ActionCommand = ShellNamespace + "/Command"
	ActionSend    = ShellNamespace + "/Send"
	ActionReceive = ShellNamespace + "/Receive"
	ActionSignal  = ShellNamespace + "/Signal"

	SignalTerminate = ShellNamespace + "/signal/terminate"
	SignalControlC  = ShellNamespace + "/signal/ctrl_c"
	SignalBreak     = ShellNamespace + "/signal/ctrl_break"
)

const (
	envelopeStart = `<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope"` +
		` xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"` +
		` xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer"` +
		` xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"` +
		` xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"` +
		` xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd">`
	anonymous  = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
	bodyEnd    = `</s:Body></s:Envelope>`
	stateStart = ShellNamespace + "/CommandState/"
)

// Header is what all replies have.
type Header struct {
	MessageID string // of the reply, without "uuid:"
	RelatesTo string // MessageID of the request; left out when empty
}

func (h Header) append(b []byte, action string) []byte {
	b = append(slices.Grow(b, usualLength), envelopeStart...)
	b = append(b, "<s:Header><a:Action>"...)
	b = append(b, action...)
	b = append(b, "</a:Action><a:MessageID>uuid:"...)
	b = append(b, h.MessageID...)
	b = append(b, "</a:MessageID><a:To>"+anonymous+"</a:To>"...)
	if h.RelatesTo != "" {
		b = append(b, "<a:RelatesTo>"...)
		b = appendEscaped(b, h.RelatesTo)
		b = append(b, "</a:RelatesTo>"...)
	}
	return append(b, "</s:Header><s:Body>"...)
}

// usualLength has room for most replies; output comes on top.
const usualLength = 1600

// Shell is a new shell.
type Shell struct {
	ID, Owner, ClientIP, Address string
	IdleTimeout                  time.Duration
}

// AppendCreated writes the reply to Create.
func AppendCreated(b []byte, h Header, shell Shell) []byte {
	b = h.append(b, ActionCreate+"Response")
	b = append(b, "<x:ResourceCreated><a:Address>"...)
	b = appendEscaped(b, shell.Address)
	b = append(b, "</a:Address><a:ReferenceParameters><w:ResourceURI>"+CommandResource+
		`</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">`...)
	b = appendEscaped(b, shell.ID)
	b = append(b, "</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated><rsp:Shell>"...)
	for _, element := range []struct{ name, text string }{
		{"ShellId", shell.ID},
		{"ResourceUri", CommandResource},
		{"Owner", shell.Owner},
		{"ClientIP", shell.ClientIP},
		{"ProcessId", "0"},
		{"IdleTimeOut", formatSeconds(shell.IdleTimeout)},
		{"InputStreams", "stdin"},
		{"OutputStreams", "stdout stderr"},
		{"ShellRunTime", "P0DT0H0M0S"},
		{"ShellInactivity", "P0DT0H0M0S"},
	} {
		b = append(b, "<rsp:"+element.name+">"...)
		b = appendEscaped(b, element.text)
		b = append(b, "</rsp:"+element.name+">"...)
	}
	return append(b, "</rsp:Shell>"+bodyEnd...)
}

func formatSeconds(d time.Duration) string {
	return fmt.Sprintf("PT%.3fS", d.Seconds())
}

// AppendStarted writes the reply to Command.
func AppendStarted(b []byte, h Header, commandID string) []byte {
	b = h.append(b, ActionCommand+"Response")
	b = append(b, "<rsp:CommandResponse><rsp:CommandId>"...)
	b = append(b, commandID...)
	return append(b, "</rsp:CommandId></rsp:CommandResponse>"+bodyEnd...)
}

// AppendEmpty writes the reply to Send, Signal or Delete, which says nothing but that it is done.
func AppendEmpty(b []byte, h Header, action string) []byte {
	b = h.append(b, action+"Response")
	switch action {
	case ActionSend:
		b = append(b, "<rsp:SendResponse/>"...)
	case ActionSignal:
		b = append(b, "<rsp:SignalResponse/>"...)
	}
	return append(b, bodyEnd...)
}

// Output is one part of what a command wrote.
type Output struct {
	CommandID      string
	Stdout, Stderr []byte
	Done           bool // nothing follows, and ExitCode counts
	ExitCode       int
}

// AppendOutput writes the reply to Receive.
func AppendOutput(b []byte, h Header, output Output) []byte {
	b = h.append(b, ActionReceive+"Response")
	b = append(b, "<rsp:ReceiveResponse>"...)
	b = appendStream(b, "stdout", output.CommandID, output.Stdout)
	b = appendStream(b, "stderr", output.CommandID, output.Stderr)
	state := "Running"
	if output.Done {
		b = appendStreamEnd(b, "stdout", output.CommandID)
		b = appendStreamEnd(b, "stderr", output.CommandID)
		state = "Done"
	}
	b = append(b, `<rsp:CommandState CommandId="`...)
	b = append(b, output.CommandID...)
	b = append(b, `" State="`+stateStart...)
	b = append(b, state...)
	b = append(b, `">`...)
	if output.Done {
		b = append(b, "<rsp:ExitCode>"...)
		b = strconv.AppendInt(b, int64(output.ExitCode), 10)
		b = append(b, "</rsp:ExitCode>"...)
	}
	return append(b, "</rsp:CommandState></rsp:ReceiveResponse>"+bodyEnd...)
}

func appendStream(b []byte, name, commandID string, content []byte) []byte {
	if len(content) == 0 {
		return b
	}
	b = append(b, `<rsp:Stream Name="`+name+`" CommandId="`...)
	b = append(b, commandID...)
	b = append(b, `">`...)
	b = base64.StdEncoding.AppendEncode(slices.Grow(b, usualLength+base64.StdEncoding.EncodedLen(len(content))), content)
	return append(b, "</rsp:Stream>"...)
}

func appendStreamEnd(b []byte, name, commandID string) []byte {
	b = append(b, `<rsp:Stream Name="`+name+`" CommandId="`...)
	b = append(b, commandID...)
	return append(b, `" End="true"></rsp:Stream>`...)
}

// outputOverhead is more than a reply to Receive needs beside its streams.
const outputOverhead = 4096

// OutputRoom tells how many bytes of output fit into a reply of at most envelope bytes.
func OutputRoom(envelope int) int {
	return max((envelope-outputOverhead)/4*3, 512)
}

// AppendIdentified writes the reply to Identify.
func AppendIdentified(b []byte, version string) []byte {
	b = append(b, `<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body>`+
		`<wsmid:IdentifyResponse xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">`+
		`<wsmid:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</wsmid:ProtocolVersion>`+
		`<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor><wsmid:ProductVersion>OS: `...)
	b = appendEscaped(b, version)
	return append(b, ` SP: 0.0 Stack: 3.0</wsmid:ProductVersion></wsmid:IdentifyResponse>`+bodyEnd...)
}

// appendEscaped writes text that came from a client. Control characters, which XML cannot carry, become U+FFFD.
func appendEscaped(b []byte, text string) []byte {
	for _, r := range text {
		switch {
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '"':
			b = append(b, "&quot;"...)
		case r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff:
			b = utf8.AppendRune(b, utf8.RuneError)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
