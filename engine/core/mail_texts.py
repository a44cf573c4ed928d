"""The words on the pages behind a mail's links: confirm an address, leave a list. Language by language."""

from __future__ import annotations

from engine.core.languages import best_language

NAMES = ("confirm", "yes", "confirmed", "leave", "leave_button", "left", "gone", "again")
"""The order of the words in every line below."""

_TEXTS = {
    "en": (
        "Confirm your e-mail address", "Yes, confirm", "Your e-mail address is confirmed. Thank you!",
        "Do you want no more e-mails from us?", "Unsubscribe", "You are unsubscribed.",
        "This link is not valid any more", "You can subscribe again in the shop at any time.",
    ),
    "zh-hant": (
        "確認您的電子郵件地址", "是的，確認", "您的電子郵件地址已確認，謝謝您！", "不想再收到我們的電子郵件嗎？",
        "取消訂閱", "您已取消訂閱。", "此連結已失效", "您隨時可以在商店重新訂閱。",
    ),
    "zh-hans": (
        "确认您的电子邮件地址", "是的，确认", "您的电子邮件地址已确认，谢谢您！", "不想再收到我们的电子邮件吗？",
        "取消订阅", "您已取消订阅。", "此链接已失效", "您随时可以在商店重新订阅。",
    ),
    "ja": (
        "メールアドレスの確認", "確認する", "メールアドレスを確認しました。ありがとうございます！",
        "メールの配信を停止しますか？", "配信を停止する", "配信を停止しました。", "このリンクは無効になりました",
        "ショップでいつでも再登録できます。",
    ),
    "ko": (
        "이메일 주소를 확인해 주세요", "네, 확인합니다", "이메일 주소가 확인되었습니다. 감사합니다!",
        "더 이상 메일을 받지 않으시겠어요?", "수신 거부", "수신 거부되었습니다.",
        "더 이상 유효하지 않은 링크입니다", "쇼핑몰에서 언제든지 다시 구독하실 수 있습니다.",
    ),
    "th": (
        "ยืนยันอีเมลของคุณ", "ใช่ ยืนยัน", "ยืนยันอีเมลของคุณแล้ว ขอบคุณ!", "ไม่ต้องการรับอีเมลจากเราอีกใช่ไหม", "ยกเลิกการรับข่าวสาร",
        "ยกเลิกการรับข่าวสารแล้ว", "ลิงก์นี้ใช้ไม่ได้แล้ว", "คุณสมัครใหม่ในร้านได้ทุกเมื่อ",
    ),
    "de": (
        "Bestätigen Sie Ihre E-Mail-Adresse", "Ja, bestätigen", "Ihre E-Mail-Adresse ist bestätigt. Vielen Dank!",
        "Möchten Sie keine E-Mails mehr von uns?", "Abmelden", "Sie sind abgemeldet.",
        "Dieser Link ist nicht mehr gültig", "Im Shop können Sie sich jederzeit wieder anmelden.",
    ),
    "fr": (
        "Confirmez votre adresse e-mail", "Oui, confirmer", "Votre adresse e-mail est confirmée. Merci !",
        "Ne plus recevoir nos e-mails ?", "Se désabonner", "Vous êtes désabonné(e).", "Ce lien n’est plus valable",
        "Vous pouvez vous réabonner à tout moment dans la boutique.",
    ),
    "es": (
        "Confirme su correo electrónico", "Sí, confirmar", "Su correo electrónico está confirmado. ¡Gracias!",
        "¿No desea recibir más correos nuestros?", "Cancelar la suscripción", "Su suscripción está cancelada.",
        "Este enlace ya no es válido", "Puede volver a suscribirse en la tienda cuando quiera.",
    ),
    "it": (
        "Conferma il tuo indirizzo e-mail", "Sì, conferma", "Il tuo indirizzo e-mail è confermato. Grazie!",
        "Non vuoi più ricevere le nostre e-mail?", "Annulla l’iscrizione", "L’iscrizione è annullata.",
        "Questo link non è più valido", "Puoi iscriverti di nuovo nel negozio in qualsiasi momento.",
    ),
    "pt": (
        "Confirme o seu e-mail", "Sim, confirmar", "O seu e-mail está confirmado. Obrigado!",
        "Não quer receber mais e-mails nossos?", "Cancelar a subscrição", "A sua subscrição foi cancelada.",
        "Este link já não é válido", "Pode subscrever novamente na loja a qualquer momento.",
    ),
    "nl": (
        "Bevestig je e-mailadres", "Ja, bevestigen", "Je e-mailadres is bevestigd. Bedankt!",
        "Wil je geen e-mails meer van ons?", "Afmelden", "Je bent afgemeld.", "Deze link is niet meer geldig",
        "Je kunt je in de winkel altijd weer aanmelden.",
    ),
    "id": (
        "Konfirmasi alamat email Anda", "Ya, konfirmasi", "Alamat email Anda telah dikonfirmasi. Terima kasih!",
        "Tidak ingin menerima email dari kami lagi?", "Berhenti berlangganan", "Anda telah berhenti berlangganan.",
        "Tautan ini sudah tidak berlaku", "Anda dapat berlangganan lagi di toko kapan saja.",
    ),
    "vi": (
        "Xác nhận địa chỉ email của bạn", "Có, xác nhận", "Địa chỉ email của bạn đã được xác nhận. Cảm ơn bạn!",
        "Bạn không muốn nhận email của chúng tôi nữa?", "Hủy đăng ký", "Bạn đã hủy đăng ký.",
        "Liên kết này không còn hiệu lực", "Bạn có thể đăng ký lại tại cửa hàng bất cứ lúc nào.",
    ),
    "ms": (
        "Sahkan alamat e-mel anda", "Ya, sahkan", "Alamat e-mel anda telah disahkan. Terima kasih!",
        "Tidak mahu menerima e-mel daripada kami lagi?", "Berhenti melanggan", "Anda telah berhenti melanggan.",
        "Pautan ini tidak lagi sah", "Anda boleh melanggan semula di kedai pada bila-bila masa.",
    ),
    "ar": (
        "أكِّد عنوان بريدك الإلكتروني", "نعم، أؤكد", "تم تأكيد عنوان بريدك الإلكتروني. شكرًا لك!",
        "ألا ترغب في تلقي رسائلنا بعد الآن؟", "إلغاء الاشتراك", "تم إلغاء اشتراكك.", "لم يعد هذا الرابط صالحًا",
        "يمكنك الاشتراك مجددًا في المتجر في أي وقت.",
    ),
    "he": (
        "אישור כתובת הדוא״ל שלך", "כן, לאשר", "כתובת הדוא״ל שלך אושרה. תודה!", "לא לשלוח לך עוד הודעות דוא״ל?",
        "ביטול ההרשמה", "ההרשמה בוטלה.", "הקישור אינו תקף עוד", "אפשר להירשם שוב בחנות בכל עת.",
    ),
}  # fmt: skip


def mail_language(wanted: str) -> str:
    """Return the language of the words that a reader of ``wanted`` gets: English where there are none."""
    return best_language(wanted, _TEXTS)


def mail_words(wanted: str) -> dict[str, str]:
    """Return the words by their names, in that language."""
    return dict(zip(NAMES, _TEXTS[mail_language(wanted)], strict=True))
