package wsman

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"patchdeck/remote/simulator/wsman/soap"
)

// basicOptions let a test speak plain SOAP with Basic, where the login is not what it is about.
var basicOptions = Options{AllowBasic: true, AllowUnencrypted: true}

// client sends hand-made envelopes.
type client struct {
	t       testing.TB
	address string
	http    *http.Client
	user    string
	message int
}

func newClient(t testing.TB, address string) *client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{t: t, address: address, http: &http.Client{Transport: transport}, user: testUser}
}

// answer is a reply with its envelope.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) find(pattern string) string {
	match := regexp.MustCompile(pattern).FindStringSubmatch(a.body)
	if match == nil {
		return ""
	}
	return match[1]
}

func (a answer) faultCode() string {
	if code := a.find(`Code="(\d+)"`); code != "" {
		return code
	}
	return a.find(`error_Code[^>]*>(\d+)<`)
}

func (a answer) stream(name string) string {
	var all []byte
	for _, match := range regexp.MustCompile(`Name="`+name+`"[^>]*>([^<]+)<`).FindAllStringSubmatch(a.body, -1) {
		part, err := base64.StdEncoding.DecodeString(match[1])
		if err != nil {
			return "not base64: " + match[1]
		}
		all = append(all, part...)
	}
	return string(all)
}

func (a answer) done() bool { return strings.Contains(a.body, "CommandState/Done") }

// try posts an envelope and returns what came back, errors included.
func (c *client) try(body string) (answer, error) {
	request, err := http.NewRequest(http.MethodPost, "http://"+c.address+"/wsman", strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.SetBasicAuth(c.user, testPassword)
	request.Header.Set("Content-Type", soapType)
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	return answer{response.StatusCode, response.Header, string(text)}, err
}

func (c *client) post(body string) answer {
	c.t.Helper()
	reply, err := c.try(body)
	if err != nil {
		c.t.Fatal(err)
	}
	return reply
}

// envelope writes a request; header are further header elements.
func (c *client) envelope(action, shell, header, body string) string {
	c.message++
	var b bytes.Buffer
	fmt.Fprintf(&b, `<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"`+
		` xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:rsp="%s"><env:Header>`, soap.ShellNamespace)
	fmt.Fprintf(&b, "<a:Action>%s</a:Action><a:MessageID>uuid:%d</a:MessageID><w:ResourceURI>%s</w:ResourceURI>", action, c.message, soap.CommandResource)
	if shell != "" {
		fmt.Fprintf(&b, `<w:SelectorSet><w:Selector Name="ShellId">%s</w:Selector></w:SelectorSet>`, shell)
	}
	fmt.Fprintf(&b, "%s</env:Header><env:Body>%s</env:Body></env:Envelope>", header, body)
	return b.String()
}

func (c *client) create() string {
	c.t.Helper()
	reply := c.post(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams></rsp:Shell>"))
	id := reply.find(`<w:Selector Name="ShellId">([^<]+)<`)
	if id == "" {
		c.t.Fatalf("no shell: %d %s", reply.status, reply.body)
	}
	return id
}

func (c *client) commandEnvelope(shell, line, options string) string {
	return c.envelope(soap.ActionCommand, shell, "<w:OptionSet>"+options+"</w:OptionSet>",
		"<rsp:CommandLine><rsp:Command>"+line+"</rsp:Command></rsp:CommandLine>")
}

func (c *client) command(shell, line string) string {
	c.t.Helper()
	return c.started(c.post(c.commandEnvelope(shell, line, "")))
}

// commandWithInput starts a command the way a client does that is going to send input.
func (c *client) commandWithInput(shell, line string) string {
	c.t.Helper()
	return c.started(c.post(c.commandEnvelope(shell, line, `<w:Option Name="WINRS_CONSOLEMODE_STDIN">FALSE</w:Option>`)))
}

func (c *client) started(reply answer) string {
	c.t.Helper()
	id := reply.find(`<rsp:CommandId>([^<]+)<`)
	if id == "" {
		c.t.Fatalf("no command: %d %s", reply.status, reply.body)
	}
	return id
}

func (c *client) sendEnvelope(shell, command, input string, end bool) string {
	return c.envelope(soap.ActionSend, shell, "", fmt.Sprintf(`<rsp:Send><rsp:Stream Name="stdin" CommandId="%s" End="%t">%s</rsp:Stream></rsp:Send>`,
		command, end, base64.StdEncoding.EncodeToString([]byte(input))))
}

func (c *client) receiveEnvelope(shell, command, header string) string {
	return c.envelope(soap.ActionReceive, shell, header,
		fmt.Sprintf(`<rsp:Receive><rsp:DesiredStream CommandId="%s">stdout stderr</rsp:DesiredStream></rsp:Receive>`, command))
}

func (c *client) receive(shell, command string) answer {
	c.t.Helper()
	return c.post(c.receiveEnvelope(shell, command, ""))
}

func (c *client) signalEnvelope(shell, command, code string) string {
	return c.envelope(soap.ActionSignal, shell, "",
		fmt.Sprintf(`<rsp:Signal CommandId="%s"><rsp:Code>%s</rsp:Code></rsp:Signal>`, command, code))
}
