package wsman

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"patchdeck/remote/simulator/wsman/soap"
)

func TestCommandRunsAndItsOutputComesWithExitCode(t *testing.T) {
	_, address := serve(t, newTestMachine(), basicOptions)
	c := newClient(t, address)
	shell := c.create()
	reply := c.receive(shell, c.command(shell, "nonsense"))
	if !reply.done() || reply.find(`<rsp:ExitCode>(\d+)<`) != "1" || !strings.Contains(reply.stream("stderr"), "not recognized") {
		t.Errorf("got %d %s", reply.status, reply.body)
	}
	if got := strings.Count(reply.body, `End="true"`); got != 2 {
		t.Errorf("%d ended streams, want 2: %s", got, reply.body)
	}
	if got := reply.find("<a:RelatesTo>(.*)</a:RelatesTo>"); got != fmt.Sprintf("uuid:%d", c.message) {
		t.Errorf("the reply relates to %q", got)
	}
}

func TestArgumentsAreJoinedToTheCommandLine(t *testing.T) {
	_, address := serve(t, newTestMachine(), basicOptions)
	c := newClient(t, address)
	shell := c.create()
	command := c.started(c.post(c.envelope(soap.ActionCommand, shell, "",
		"<rsp:CommandLine><rsp:Command>echo</rsp:Command><rsp:Arguments>a &amp; b</rsp:Arguments><rsp:Arguments><![CDATA[<c>]]></rsp:Arguments></rsp:CommandLine>")))
	if got := c.receive(shell, command).stream("stdout"); got != "a & b <c>\r\n" {
		t.Errorf("the machine ran %q", got)
	}
}

func TestLongOutputComesInPartsThatFitTheClientsEnvelope(t *testing.T) {
	_, address := serve(t, newTestMachine(), basicOptions)
	c := newClient(t, address)
	shell := c.create()
	command := c.command(shell, "fill")
	const most = 20_000
	var stdout, stderr strings.Builder
	parts := 0
	for done := false; !done; parts++ {
		reply := c.post(c.receiveEnvelope(shell, command, fmt.Sprintf("<w:MaxEnvelopeSize>%d</w:MaxEnvelopeSize>", most)))
		if len(reply.body) > most || reply.status != http.StatusOK {
			t.Fatalf("part %d: status %d, %d bytes", parts, reply.status, len(reply.body))
		}
		stdout.WriteString(reply.stream("stdout"))
		stderr.WriteString(reply.stream("stderr"))
		done = reply.done()
	}
	if stdout.String() != strings.Repeat("größer", 40_000) || stderr.String() != "and a word on the side" || parts < 10 {
		t.Errorf("%d bytes of output and %q in %d parts", stdout.Len(), stderr.String(), parts)
	}
}

func TestReceiveThatIsSentAgainGetsTheSameOutput(t *testing.T) {
	_, address := serve(t, newTestMachine(), basicOptions)
	c := newClient(t, address)
	shell := c.create()
	request := c.receiveEnvelope(shell, c.command(shell, "fill"), "<w:MaxEnvelopeSize>20000</w:MaxEnvelopeSize>")
	first, again := c.post(request), c.post(request)
	if first.stream("stdout") == "" || first.stream("stdout") != again.stream("stdout") {
		t.Error("the same message got other output")
	}
}

func TestCommandThatReadsInputStartsAtItsEnd(t *testing.T) {
	_, address := serve(t, newTestMachine(), basicOptions)
	c := newClient(t, address)
	shell := c.create()
	command := c.commandWithInput(shell, "sort")
	wait := c.post(c.receiveEnvelope(shell, command, "<w:OperationTimeout>PT0.5S</w:OperationTimeout>"))
	if wait.faultCode() != "2150858793" {
		t.Fatalf("before its input the command answered %s", wait.body)
	}
	c.post(c.sendEnvelope(shell, command, "one ", false))
	c.post(c.sendEnvelope(shell, command, "two", true))
	if got := c.receive(shell, command).stream("stdout"); got != "one two" {
		t.Errorf("the command read %q", got)
	}
}

// inputMachine knows which command lines read input.
type inputMachine struct{ *testMachine }

func (inputMachine) NeedsInput(line string) bool { return line == "sort" }

func TestMachineDecidesWhichCommandsReadInput(t *testing.T) {
	_, address := serve(t, inputMachine{newTestMachine()}, basicOptions)
	c := newClient(t, address)
	shell := c.create()
	if got := c.receive(shell, c.commandWithInput(shell, "hostname")).stream("stdout"); got != "SRV-APP-01\r\n" {
		t.Errorf("a command that reads no input answered %q", got)
	}
	command := c.command(shell, "sort")
	c.post(c.sendEnvelope(shell, command, "late", true))
	if got := c.receive(shell, command).stream("stdout"); got != "late" {
		t.Errorf("a command that reads input got %q", got)
	}
}

func TestReceiveOfARunningCommandTimesOut(t *testing.T) {
	options := basicOptions
	options.Quotas.OperationTimeoutCap = 50 * time.Millisecond
	_, address := serve(t, newTestMachine(), options)
	c := newClient(t, address)
	shell := c.create()
	reply := c.post(c.receiveEnvelope(shell, c.command(shell, "sleep"), "<w:OperationTimeout>PT600S</w:OperationTimeout>"))
	if reply.status != http.StatusInternalServerError || reply.faultCode() != "2150858793" || !strings.Contains(reply.body, "w:TimedOut") {
		t.Errorf("got %d %s", reply.status, reply.body)
	}
}

func TestTerminateEndsTheCommandAndItsReceive(t *testing.T) {
	machine := newTestMachine()
	_, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	shell := c.create()
	command := c.command(shell, "sleep")
	<-machine.running
	waiting := make(chan answer, 1)
	request := c.receiveEnvelope(shell, command, "")
	go func() {
		reply, _ := c.try(request)
		waiting <- reply
	}()
	if reply := c.post(c.signalEnvelope(shell, command, soap.SignalTerminate)); reply.status != http.StatusOK {
		t.Errorf("signal: %d %s", reply.status, reply.body)
	}
	<-machine.stopped
	// The Receive may arrive before or after the signal.
	if code := (<-waiting).faultCode(); code != "995" && code != "2150858843" {
		t.Errorf("the waiting Receive got fault %q", code)
	}
	if code := c.receive(shell, command).faultCode(); code != "2150858843" {
		t.Errorf("a Receive after terminate got fault %q", code)
	}
}

func TestControlCLetsTheOutputBeFetched(t *testing.T) {
	machine := newTestMachine()
	_, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	shell := c.create()
	for _, command := range []string{c.command(shell, "sleep"), c.commandWithInput(shell, "sort")} {
		c.post(c.signalEnvelope(shell, command, soap.SignalControlC))
		if reply := c.receive(shell, command); !reply.done() {
			t.Errorf("got %d %s", reply.status, reply.body)
		}
	}
}

func TestASecondReceiveEndsTheFirst(t *testing.T) {
	machine := newTestMachine()
	_, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	shell := c.create()
	command := c.command(shell, "sleep")
	codes := make(chan string, 2)
	for range 2 {
		request := c.receiveEnvelope(shell, command, "")
		go func() {
			reply, _ := c.try(request)
			codes <- reply.faultCode()
		}()
	}
	if code := <-codes; code != "995" {
		t.Errorf("the first Receive got fault %q", code)
	}
	c.post(c.signalEnvelope(shell, command, soap.SignalTerminate))
	<-codes
}

func TestDeleteEndsTheCommandsOfTheShell(t *testing.T) {
	machine := newTestMachine()
	_, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	shell := c.create()
	c.command(shell, "sleep")
	<-machine.running
	if reply := c.post(c.envelope(soap.ActionDelete, shell, "", "")); reply.status != http.StatusOK {
		t.Errorf("delete: %d %s", reply.status, reply.body)
	}
	<-machine.stopped
	if code := c.post(c.envelope(soap.ActionDelete, shell, "", "")).faultCode(); code != "2150858843" {
		t.Errorf("a second delete got fault %q", code)
	}
}

// Windows has three wordings for one fault.
func TestAShellThatIsGoneIsSaidInThreeWays(t *testing.T) {
	_, address := serve(t, newTestMachine(), basicOptions)
	c := newClient(t, address)
	shell, ended := c.create(), c.create()
	c.post(c.envelope(soap.ActionDelete, ended, "", ""))
	const unknown = "0F0F0F0F-1111-2222-3333-444444444444"
	for name, c := range map[string]struct {
		reply  answer
		reason string
		nested bool
	}{
		"never there":        {c.post(c.commandEnvelope(unknown, "hostname", "")), soap.ReasonShell, false},
		"there before":       {c.post(c.commandEnvelope(ended, "hostname", "")), soap.ReasonShell, true},
		"no such command":    {c.receive(shell, unknown), soap.ReasonCommand, false},
		"a command in ruins": {c.receive(ended, unknown), soap.ReasonShell, true},
	} {
		inner := strings.Contains(c.reply.body, `<f:ProviderFault provider="Shell provider" path="%systemroot%\system32\WsmSvc.dll"><f:WSManFault`)
		if c.reply.faultCode() != "2150858843" || !strings.Contains(c.reply.body, c.reason) || inner != c.nested {
			t.Errorf("%s: %s", name, c.reply.body)
		}
	}
}

func TestAShellBelongsToItsOwner(t *testing.T) {
	_, address := serve(t, newTestMachine(), basicOptions)
	c := newClient(t, address)
	shell := c.create()
	c.user = "other"
	if code := c.post(c.commandEnvelope(shell, "hostname", "")).faultCode(); code != "2150858843" {
		t.Errorf("somebody else's shell answered fault %q", code)
	}
}

func TestClientsMayNameTheirShellsAndCommands(t *testing.T) {
	_, address := serve(t, newTestMachine(), basicOptions)
	c := newClient(t, address)
	const id, command = "0f0f0f0f-1111-2222-3333-444444444444", "0F0F0F0F-5555-6666-7777-888888888888"
	reply := c.post(c.envelope(soap.ActionCreate, "", "", `<rsp:Shell ShellId="`+id+`"/>`))
	if got := reply.find(`<w:Selector Name="ShellId">([^<]+)<`); got != id {
		t.Fatalf("the shell is called %q", got)
	}
	reply = c.post(c.envelope(soap.ActionCommand, strings.ToUpper(id), "",
		`<rsp:CommandLine CommandId="`+command+`"><rsp:Command>hostname</rsp:Command></rsp:CommandLine>`))
	if got := reply.find(`<rsp:CommandId>([^<]+)<`); got != command {
		t.Errorf("the command is called %q", got)
	}
}

func TestIdentify(t *testing.T) {
	_, address := serve(t, newTestMachine(), basicOptions)
	const body = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>`
	if reply := newClient(t, address).post(body); !strings.Contains(reply.body, "OS: 10.0.20348 ") {
		t.Errorf("got %d %s", reply.status, reply.body)
	}
	response, err := http.Post("http://"+address+"/wsman-anon/identify", soapType, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("without a login: %s", response.Status)
	}
}
