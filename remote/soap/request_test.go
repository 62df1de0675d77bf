package soap

import (
	"encoding/xml"
	"io"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/masterzen/winrm"
)

const service = "http://server.example:5985/wsman"

func request(action Action) Request {
	return Request{Action: action, To: service, MessageID: NewMessageID(), Timeout: 20 * time.Second,
		ShellID: "SHELL-1", CommandID: "COMMAND-1", Line: `powershell.exe -Command "a < b & c"`,
		Idle: 15 * time.Minute, Input: []byte("{\"nonce\":1}"), End: true}
}

// Other people's servers understand the library's envelopes, so ours must say the same.
func TestRequestsSayWhatTheLibrarySays(t *testing.T) {
	parameters := winrm.NewParameters("PT20.000S", "en-US", MaxEnvelope)
	r := request(Create)
	theirs := map[Action]string{
		Create:  winrm.NewOpenShellRequest(service, parameters).String(),
		Command: winrm.NewExecuteCommandRequest(service, r.ShellID, r.Line, nil, parameters).String(),
		Send:    winrm.NewSendInputRequest(service, r.ShellID, r.CommandID, r.Input, r.End, parameters).String(),
		Receive: winrm.NewGetOutputRequest(service, r.ShellID, r.CommandID, "stdout stderr", parameters).String(),
		Signal:  winrm.NewSignalRequest(service, r.ShellID, r.CommandID, parameters).String(),
		Delete:  winrm.NewDeleteShellRequest(service, r.ShellID, parameters).String(),
	}
	intended := map[string]string{ // where we differ on purpose
		"Envelope/Header/OptionSet/Option[WINRS_CONSOLEMODE_STDIN]": "FALSE",
		"Envelope/Body/Shell/IdleTimeOut":                           "PT900.000S",
		"Envelope/Body/Shell@ShellId":                               "SHELL-1",
	}
	for action, text := range theirs {
		r := request(action)
		want, got := flatten(t, text), flatten(t, string(r.Append(nil)))
		for path, value := range intended {
			if _, ours := got[path]; ours {
				want[path] = value
			}
		}
		delete(want, "Envelope/Header/MessageID")
		delete(got, "Envelope/Header/MessageID")
		if !maps.Equal(want, got) {
			t.Errorf("%v:\nlibrary %v\nours    %v", action, want, got)
		}
	}
}

// flatten gives every element's text and every attribute that says something, by its path.
func flatten(t *testing.T, text string) map[string]string {
	t.Helper()
	found := map[string]string{}
	var path []string
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			step := token.Name.Local
			for _, a := range token.Attr {
				if step == "Option" && a.Name.Local == "Name" {
					step += "[" + a.Value + "]"
				}
			}
			path = append(path, step)
			found[strings.Join(path, "/")] = ""
			for _, a := range token.Attr {
				// The library leaves mustUnderstand without its namespace; declarations are a matter of style.
				if a.Name.Space != "xmlns" && a.Name.Local != "mustUnderstand" {
					found[strings.Join(path, "/")+"@"+a.Name.Local] = a.Value
				}
			}
		case xml.CharData:
			if s := strings.TrimSpace(string(token)); s != "" {
				found[strings.Join(path, "/")] += s
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

func TestDataCannotBreakOutOfARequest(t *testing.T) {
	r := request(Command)
	r.Line = `]]></rsp:Command><evil/>`
	if got := flatten(t, string(r.Append(nil)))["Envelope/Body/CommandLine/Command"]; got != r.Line {
		t.Errorf("the command line arrives as %q", got)
	}
	r = request(Signal)
	r.CommandID = `"><evil/>`
	if got := flatten(t, string(r.Append(nil)))["Envelope/Body/Signal@CommandId"]; got != r.CommandID {
		t.Errorf("the id arrives as %q", got)
	}
}

func TestMessageIDsAreRandomUUIDs(t *testing.T) {
	form := regexp.MustCompile(`^uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	a, b := NewMessageID(), NewMessageID()
	if !form.MatchString(a) || !form.MatchString(b) || a == b {
		t.Errorf("ids %q and %q", a, b)
	}
}

// BenchmarkRequests is why the envelopes are our own: one command on a cold host, with our writer and with the library's.
func BenchmarkRequests(b *testing.B) {
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		buffer := make([]byte, 0, 8<<10)
		requests := [...]Request{request(Create), request(Command), request(Send), request(Receive), request(Signal), request(Delete)}
		for b.Loop() {
			for i := range requests {
				requests[i].MessageID = NewMessageID()
				buffer = requests[i].Append(buffer[:0])
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		parameters := winrm.NewParameters("PT20S", "en-US", MaxEnvelope)
		r := request(Create)
		length := 0
		for b.Loop() {
			length += len(winrm.NewOpenShellRequest(service, parameters).String())
			length += len(winrm.NewExecuteCommandRequest(service, r.ShellID, r.Line, nil, parameters).String())
			length += len(winrm.NewSendInputRequest(service, r.ShellID, r.CommandID, r.Input, true, parameters).String())
			length += len(winrm.NewGetOutputRequest(service, r.ShellID, r.CommandID, "stdout stderr", parameters).String())
			length += len(winrm.NewSignalRequest(service, r.ShellID, r.CommandID, parameters).String())
			length += len(winrm.NewDeleteShellRequest(service, r.ShellID, parameters).String())
		}
	})
}
