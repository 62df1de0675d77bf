package soap

import (
	"fmt"
	"strconv"
)

// Fault is the number of a fault, as Windows reports it.
type Fault uint32

// The faults that the service raises by itself.
const (
	AccessDenied        Fault = 5
	Busy                Fault = 170
	Aborted             Fault = 995
	LineTooLong         Fault = 2147942606
	NotEnoughQuota      Fault = 2147944216
	UnloadingProfile    Fault = 2147943418
	NotEnoughMemory     Fault = 2147942414
	UnknownAction       Fault = 2150858753
	UnknownResource     Fault = 2150858754
	InvalidHeader       Fault = 2150858767
	OperationTimedOut   Fault = 2150858793
	SchemaViolation     Fault = 2150858817
	UnexpectedSelectors Fault = 2150858843
	TooManyShells       Fault = 2150859173
	TooManyOperations   Fault = 2150859174
	TooManyUsers        Fault = 2150859179
)

// family is a group of faults that share their place in SOAP.
type family struct{ code, subcode, namespace string }

const (
	managementFault = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
	addressingFault = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"
)

var (
	internal  = family{"s:Receiver", "w:InternalError", managementFault}
	timedOut  = family{"s:Receiver", "w:TimedOut", managementFault}
	denied    = family{"s:Sender", "w:AccessDenied", managementFault}
	selectors = family{"s:Sender", "w:InvalidSelectors", managementFault}
	quota     = family{"s:Sender", "w:QuotaLimit", managementFault}
	schema    = family{"s:Sender", "w:SchemaValidationError", managementFault}
	action    = family{"s:Sender", "a:ActionNotSupported", addressingFault}
	resource  = family{"s:Sender", "a:DestinationUnreachable", addressingFault}
	header    = family{"s:Sender", "a:InvalidMessageInformationHeader", addressingFault}
)

// faultKind is how a fault looks.
type faultKind struct {
	family   family
	reason   string
	provider string // name of the plug-in whose fault is passed on; empty for the service's own
	detail   string // w:FaultDetail
	quota    bool   // newer hosts report it as p:MSFT_WmiError
}

const (
	shellProvider   = "Shell cmd plugin"
	selectorsDetail = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/UnexpectedSelectors"
)

var faults = map[Fault]faultKind{
	AccessDenied: {family: denied, reason: "Access is denied. "},
	Busy:         {family: internal, reason: "The requested resource is in use. "},
	Aborted: {family: internal, reason: "The I/O operation has been aborted because of either a thread exit or an " +
		"application request. "},
	LineTooLong:      {family: internal, reason: "The filename or extension is too long. ", provider: shellProvider},
	NotEnoughQuota:   {family: internal, reason: "Not enough quota is available to process this command. ", provider: shellProvider},
	UnloadingProfile: {family: internal, reason: "Illegal operation attempted on a registry key that has been marked for deletion. "},
	NotEnoughMemory:  {family: internal, reason: "Not enough memory resources are available to complete this operation. ", provider: shellProvider},
	UnknownAction: {family: action, reason: "The WS-Management service cannot process the request because the WS-Addressing " +
		"Action URI in the request is not valid for the resource. "},
	UnknownResource: {family: resource, reason: "The WS-Management service cannot process the request because the resource " +
		"URI is missing or has an incorrect format. "},
	InvalidHeader: {family: header, reason: "The WS-Management service cannot process the request because a header of it is not valid. "},
	OperationTimedOut: {family: timedOut, reason: "The WS-Management service cannot complete the operation within the time " +
		"specified in OperationTimeout.  "},
	SchemaViolation:     {family: schema, reason: "The WS-Management service cannot process the request because the XML is invalid. "},
	UnexpectedSelectors: {family: selectors, detail: selectorsDetail},
	TooManyShells: {family: quota, quota: true, reason: "The WS-Management service cannot process the request. This user has " +
		"exceeded the maximum number of concurrent shells allowed by the plugin or by the service. Close existing shells or raise the quota for this user. "},
	TooManyOperations: {family: quota, quota: true, reason: "The WS-Management service cannot process the request. This user " +
		"has exceeded the maximum number of concurrent operations. Close existing operations for this user, or raise the quota for this user. "},
	TooManyUsers: {family: quota, quota: true, reason: "The WS-Management service cannot process the request. The maximum number of " +
		"concurrent users of the service has been exceeded. Try again later, or raise the quota. "},
}

// Reasons of UnexpectedSelectors, which has several.
const (
	ReasonShell = "The WS-Management service cannot process the request because the request contained invalid selectors " +
		"for the resource: the shell was not found on the server. "
	ReasonCommand = "The WS-Management service cannot process the request: the command identifier does not exist. "
)

// FaultReply is a fault on its way to a client.
type FaultReply struct {
	Fault   Fault
	Machine string
	Reason  string // in place of the usual words
	// Nested has the shell provider of the service report it: an f:WSManFault inside an f:ProviderFault inside the outer one.
	Nested bool
	// Older makes quota faults f:WSManFault, as on hosts before 2016.
	Older bool
}

// Append writes the fault.
func (f FaultReply) Append(b []byte, h Header) []byte {
	kind, known := faults[f.Fault]
	if !known {
		kind = faultKind{family: internal, reason: fmt.Sprintf("The operation failed with error %d. ", uint32(f.Fault))}
	}
	if f.Reason == "" {
		f.Reason = kind.reason
	}
	newer := kind.quota && !f.Older
	if newer {
		h.RelatesTo = "" // captured from such hosts: the header is missing
	}
	b = h.append(b, kind.family.namespace)
	b = append(b, "<s:Fault><s:Code><s:Value>"+kind.family.code+"</s:Value><s:Subcode><s:Value>"+kind.family.subcode+
		`</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">`...)
	b = appendEscaped(b, f.Reason)
	b = append(b, "</s:Text></s:Reason><s:Detail>"...)
	if newer {
		b = f.appendInstance(b)
	} else {
		b = f.appendClassic(b, kind)
	}
	return append(b, "</s:Detail></s:Fault>"+bodyEnd...)
}

// appendClassic writes the detail as f:WSManFault, nested in a provider's fault where the shell plug-in raised it.
func (f FaultReply) appendClassic(b []byte, kind faultKind) []byte {
	if kind.detail != "" {
		b = append(b, "<w:FaultDetail>"+kind.detail+"</w:FaultDetail>"...)
	}
	b = f.appendStart(b)
	switch {
	case f.Nested:
		b = append(b, `<f:ProviderFault provider="Shell provider" path="%systemroot%\system32\WsmSvc.dll">`...)
		b = f.appendStart(b)
		b = appendEscaped(b, f.Reason)
		b = append(b, "</f:Message></f:WSManFault></f:ProviderFault>"...)
	case kind.provider == "":
		b = appendEscaped(b, f.Reason)
	default:
		b = append(b, `<f:ProviderFault provider="`+kind.provider+`" path="%systemroot%\system32\winrscmd.dll">`...)
		b = appendEscaped(b, f.Reason)
		b = append(b, "</f:ProviderFault>"...)
	}
	return append(b, "</f:Message></f:WSManFault>"...)
}

func (f FaultReply) appendStart(b []byte) []byte {
	b = append(b, `<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="`...)
	b = strconv.AppendUint(b, uint64(f.Fault), 10)
	b = append(b, `" Machine="`...)
	b = appendEscaped(b, f.Machine)
	return append(b, `"><f:Message>`...)
}

// appendInstance writes the detail as a CIM instance, the shape of quota faults since Windows Server 2016.
func (f FaultReply) appendInstance(b []byte) []byte {
	code := strconv.FormatUint(uint64(f.Fault), 10)
	b = append(b, `<p:MSFT_WmiError b:IsCIM_Error="true" xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"`+
		` xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wmi/root/microsoft/windows/management/MSFT_WmiError"`+
		` xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`+
		` xsi:type="p:MSFT_WmiError_Type"><p:CIMStatusCode xsi:type="cim:cimUnsignedInt">27</p:CIMStatusCode>`+
		`<p:ErrorType xsi:type="cim:cimUnsignedInt">0</p:ErrorType><p:Message xsi:type="cim:cimString">`...)
	b = appendEscaped(b, f.Reason)
	b = append(b, fmt.Sprintf(`</p:Message><p:MessageID xsi:type="cim:cimString">HRESULT 0x%08x</p:MessageID>`, uint32(f.Fault))...)
	b = append(b, `<p:error_Category xsi:type="cim:cimUnsignedInt">30</p:error_Category>`+
		`<p:error_Code xsi:type="cim:cimUnsignedInt">`+code+`</p:error_Code>`+
		`<p:error_Type xsi:type="cim:cimString">HRESULT</p:error_Type>`+
		`<p:error_WindowsErrorMessage xsi:type="cim:cimString">`...)
	b = appendEscaped(b, f.Reason)
	return append(b, `</p:error_WindowsErrorMessage></p:MSFT_WmiError>`...)
}
