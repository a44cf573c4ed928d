"""The words of a popup's own buttons, by language. What a marketer wrote is never translated."""

from __future__ import annotations

from engine.core.languages import base_of, script_of

LABELS = ("close", "copy", "copied", "chat", "send", "answer")
"""What the renderer asks for: three words of buttons, the name of a chat, and the shopper's own message."""

_LABELS = {
    "en": ("Close", "Copy code", "Copied", "Chat", "Send", "Your answer"),
    "zh-hant": ("關閉", "複製代碼", "已複製", "對話", "送出", "您的回覆"),
    "zh-hans": ("关闭", "复制代码", "已复制", "对话", "发送", "您的回复"),
    "ja": ("閉じる", "コードをコピー", "コピーしました", "チャット", "送信", "回答を入力"),
    "ko": ("닫기", "코드 복사", "복사됨", "채팅", "보내기", "답변 입력"),
    "th": ("ปิด", "คัดลอกโค้ด", "คัดลอกแล้ว", "แชท", "ส่ง", "คำตอบของคุณ"),
    "de": ("Schließen", "Code kopieren", "Kopiert", "Chat", "Senden", "Ihre Antwort"),
    "fr": ("Fermer", "Copier le code", "Copié", "Discussion", "Envoyer", "Votre réponse"),
    "es": ("Cerrar", "Copiar código", "Copiado", "Chat", "Enviar", "Su respuesta"),
    "it": ("Chiudi", "Copia il codice", "Copiato", "Chat", "Invia", "La tua risposta"),
    "pt": ("Fechar", "Copiar código", "Copiado", "Chat", "Enviar", "A sua resposta"),
    "nl": ("Sluiten", "Code kopiëren", "Gekopieerd", "Chat", "Versturen", "Uw antwoord"),
    "id": ("Tutup", "Salin kode", "Tersalin", "Obrolan", "Kirim", "Jawaban Anda"),
    "vi": ("Đóng", "Sao chép mã", "Đã sao chép", "Trò chuyện", "Gửi", "Câu trả lời của bạn"),
    "ms": ("Tutup", "Salin kod", "Disalin", "Sembang", "Hantar", "Jawapan anda"),
    "ar": ("إغلاق", "نسخ الرمز", "تم النسخ", "محادثة", "إرسال", "إجابتك"),
    "he": ("סגירה", "העתקת הקוד", "הועתק", "צ׳אט", "שליחה", "התשובה שלך"),
}


def labels(language: str) -> dict[str, str]:
    """Return the labels in a language, in English where there is no table for it."""
    words = _LABELS.get(script_of(language)) or _LABELS.get(base_of(language)) or _LABELS["en"]
    return dict(zip(LABELS, words, strict=True))
