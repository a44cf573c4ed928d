{{- define "shopbell.names" -}}
app.kubernetes.io/name: shopbell
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "shopbell.labels" -}}
{{ include "shopbell.names" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "shopbell.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "shopbell.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
